package bulwark.gateway.caller;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerKeyVerdict;
import bulwark.gateway.identity.FirstSightGate.Denial;
import bulwark.gateway.identity.TokenFault;
import bulwark.gateway.refusal.GatewayRefusal;

/** What a caller is answered whose credential does not hold (RFC 6750 §3, RFC 9728 §5.1), and its count. Thread-safe. */
final class CredentialRefusal {
    private static final long KEYS_RETRY_SECONDS = 5;

    private final IdentityMetrics metrics;
    private final String challenge;
    private final String invalidToken;

    /** @param resourceMetadata absolute URL of the protected resource's metadata */
    CredentialRefusal(IdentityMetrics metrics, String resourceMetadata) {
        this.metrics = metrics;
        String where = "resource_metadata=\"" + resourceMetadata + "\"";
        this.challenge = "Bearer " + where;
        this.invalidToken = "Bearer error=\"invalid_token\", " + where;
    }

    GatewayRefusal of(TokenFault fault) {
        metrics.refused(fault);
        boolean absent = fault == TokenFault.MISSING || fault == TokenFault.MALFORMED_HEADER;
        return new GatewayRefusal.Unauthenticated(
                "token_" + fault.code(), fault.message(), absent ? challenge : invalidToken);
    }

    GatewayRefusal of(ConsumerKeyVerdict.Reason reason) {
        metrics.refused(reason);
        return new GatewayRefusal.Unauthenticated("api_key_" + reason.code(), "Invalid API key", challenge);
    }

    GatewayRefusal of(ApplicationClients.Reason reason) {
        metrics.refused(reason.code());
        return new GatewayRefusal.Forbidden(reason.code(), reason.sentence(), null);
    }

    GatewayRefusal withoutTenant() {
        metrics.refused("no_tenant");
        return new GatewayRefusal.Forbidden("no_tenant", "Access denied: the token names no tenant", null);
    }

    GatewayRefusal keysUnavailable() {
        metrics.refused("keys_unavailable");
        return new GatewayRefusal.Unavailable(
                "keys_unavailable", "The keys of the token's issuer cannot be had now; try again", KEYS_RETRY_SECONDS);
    }

    GatewayRefusal of(Denial denial) {
        return switch (denial) {
            case Denial.TooManyNew tooMany -> {
                metrics.notNow("too_many_new");
                yield new GatewayRefusal.TooManyNewCredentials(Math.max(1, (long) Math.ceil(tooMany.seconds())));
            }
            case Denial.Overloaded _ -> {
                metrics.notNow("overloaded");
                yield new GatewayRefusal.Overloaded(
                        "verification_overloaded", "Too many credentials are being verified; try again");
            }
        };
    }
}
