package bulwark.gateway.caller;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ApplicationClients.Admission;
import bulwark.gateway.apikey.ConsumerCertificates;
import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.ConsumerKeyVerdict;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.FirstSightGate.Denial;
import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.identity.TokenFault;
import bulwark.gateway.identity.TokenVerdict;
import bulwark.gateway.possession.HeaderText;
import bulwark.gateway.possession.SecurityProfile;
import bulwark.gateway.possession.SenderConstraint;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the principal of a call, or refuses it. A request bears one credential: an access token in {@code Authorization}, or an API key in {@code X-API-Key}; without one,
 * the certificate of its connection may name a consumer. What is known is decided
 * on the event loop, the rest on virtual threads. A route for anybody is passed without a look at credentials. Thread-safe.
 */
public final class IdentityStage implements RequestStage {
    private final TokenAuthenticator tokens;
    private final ConsumerKeyCache keys;
    private final ConsumerCertificates certificates;
    private final ApplicationClients applications;
    private final FirstSightGate gate;
    private final SenderConstraint sender;
    private final CredentialRefusal refusals;

    /** @param resourceMetadata absolute URL of the protected resource's metadata, which challenges name */
    public IdentityStage(
            TokenAuthenticator tokens,
            ConsumerKeyCache keys,
            ConsumerCertificates certificates,
            ApplicationClients applications,
            FirstSightGate gate,
            SenderConstraint sender,
            IdentityMetrics metrics,
            String resourceMetadata) {
        this.tokens = tokens;
        this.keys = keys;
        this.certificates = certificates;
        this.applications = applications;
        this.gate = gate;
        this.sender = sender;
        this.refusals = new CredentialRefusal(metrics, resourceMetadata);
    }

    @Override
    public StageResult decide(GatewayCall call) {
        GatewayRefusal early = sender.precheck(call);
        if (early != null) {
            return refuse(early);
        }
        ApiRoute route = call.route();
        if (route != null && route.callers() == ApiRoute.Callers.ANYBODY) {
            call.decidedBy("callers: anybody");
            return StageResult.PASS;
        }
        PresentedCredential credential = PresentedCredential.of(call.head());
        return switch (credential.kind()) {
            case BEARER, DPOP -> token(call, credential);
            case API_KEY -> apiKey(call, credential);
            case ABSENT -> certificate(call, credential);
            case MALFORMED -> refuse(refusals.of(TokenFault.MALFORMED_HEADER));
        };
    }

    private StageResult token(GatewayCall call, PresentedCredential credential) {
        TokenDigest digest = TokenDigest.of(credential.head(), credential.start(), credential.end());
        TokenVerdict known = tokens.known(digest);
        if (known != null) {
            return decided(call, credential, digest, known);
        }
        return new StageResult.Later(tokens.verify(credential.text(), digest, source(call))
                .thenApply(verdict -> decided(call, credential, digest, verdict)));
    }

    private StageResult decided(
            GatewayCall call, PresentedCredential credential, TokenDigest digest, TokenVerdict verdict) {
        return switch (verdict) {
            case TokenVerdict.Accepted accepted ->
                byToken(call, credential, digest, accepted.token().principal());
            case TokenVerdict.Refused refused -> refuse(refusals.of(refused.fault()));
            case TokenVerdict.WithoutTenant without -> withoutTenant(call, credential, digest, without);
            case TokenVerdict.KeysUnavailable _ -> refuse(refusals.keysUnavailable());
            case TokenVerdict.NotNow notNow -> refuse(refusals.of(notNow.denial()));
        };
    }

    /** The certificate that the token is bound to may name the tenant. */
    private StageResult withoutTenant(
            GatewayCall call, PresentedCredential credential, TokenDigest digest, TokenVerdict.WithoutTenant verdict) {
        Principal caller = verdict.token().principal();
        String tenant = verdict.silent() ? sender.tenant(call, caller) : null;
        return tenant == null
                ? refuse(refusals.withoutTenant())
                : byToken(call, credential, digest, caller.withTenant(tenant));
    }

    /** An application's token opens what its subscriptions open; any other what its roles allow. */
    private StageResult byToken(
            GatewayCall call, PresentedCredential credential, TokenDigest digest, Principal principal) {
        return switch (applications.of(principal, call.route())) {
            case Admission.AsItIs _ -> admitted(call, credential, digest, principal, null);
            case Admission.Subscribed by ->
                admitted(call, credential, digest, by.principal(), SecurityProfile.named(by.profile()));
            case Admission.Refused refused -> {
                call.principal(principal);
                call.decidedBy("subscription");
                yield refuse(refusals.of(refused.reason()));
            }
        };
    }

    private StageResult apiKey(GatewayCall call, PresentedCredential credential) {
        TokenDigest digest = TokenDigest.of(credential.head(), credential.start(), credential.end());
        ConsumerKeyVerdict known = keys.known(digest);
        if (known != null) {
            return decided(call, credential, digest, known);
        }
        Denial denial = gate.tryEnter(source(call));
        return denial == null
                ? lookUp(credential, digest, verdict -> decided(call, credential, digest, verdict))
                : refuse(refusals.of(denial));
    }

    /** The gate was entered. */
    private StageResult lookUp(
            PresentedCredential credential, TokenDigest digest, Function<ConsumerKeyVerdict, StageResult> decision) {
        CompletableFuture<StageResult> result = new CompletableFuture<>();
        Thread.ofVirtual().name("api-key-look-up").start(() -> {
            try {
                result.complete(decision.apply(keys.verify(credential.text(), digest)));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            } finally {
                gate.leave();
            }
        });
        return new StageResult.Later(result);
    }

    /** Without a credential in its head, a call is of the consumer whom the connection's own certificate names. */
    private StageResult certificate(GatewayCall call, PresentedCredential credential) {
        return caller(call)
                .map(caller -> admitted(
                        call,
                        credential,
                        TokenDigest.ofHex(caller.fingerprint()),
                        caller.principal(),
                        SecurityProfile.named(caller.profile())))
                .orElseGet(() -> refuse(refusals.of(TokenFault.MISSING)));
    }

    private Optional<ConsumerCertificates.Caller> caller(GatewayCall call) {
        ApiRoute route = call.route();
        return route == null
                ? Optional.empty()
                : certificates.of(call.peer().certificates(), route.id(), route.tenantId());
    }

    private StageResult decided(
            GatewayCall call, PresentedCredential credential, TokenDigest digest, ConsumerKeyVerdict verdict) {
        return switch (verdict) {
            case ConsumerKeyVerdict.Accepted accepted ->
                admitted(call, credential, digest, accepted.principal(), SecurityProfile.named(accepted.profile()));
            case ConsumerKeyVerdict.Refused refused -> refuse(refusals.of(refused.reason()));
        };
    }

    /** Whether the credential of a call that was admitted still holds. What cannot be told now is taken for yes, and asked again. */
    public StageResult recheck(GatewayCall call) {
        if (call.principal() == null) {
            return StageResult.PASS;
        }
        PresentedCredential credential = PresentedCredential.of(call.head());
        if (credential.kind() == PresentedCredential.Kind.ABSENT) {
            return caller(call).isPresent() ? StageResult.PASS : refuse(refusals.of(TokenFault.MISSING));
        }
        TokenDigest digest = TokenDigest.of(credential.head(), credential.start(), credential.end());
        if (credential.kind() == PresentedCredential.Kind.API_KEY) {
            ConsumerKeyVerdict known = keys.known(digest);
            if (known != null) {
                return holds(known);
            }
            return gate.tryEnter(source(call)) == null ? lookUp(credential, digest, this::holds) : StageResult.PASS;
        }
        TokenVerdict known = tokens.known(digest);
        return known != null
                ? holds(call, known)
                : new StageResult.Later(tokens.verify(credential.text(), digest, source(call))
                        .thenApply(verdict -> holds(call, verdict)));
    }

    private StageResult holds(ConsumerKeyVerdict verdict) {
        return switch (verdict) {
            case ConsumerKeyVerdict.Accepted _ -> StageResult.PASS;
            case ConsumerKeyVerdict.Refused refused -> refuse(refusals.of(refused.reason()));
        };
    }

    private StageResult holds(GatewayCall call, TokenVerdict verdict) {
        return switch (verdict) {
            case TokenVerdict.Accepted accepted ->
                applications.of(accepted.token().principal(), call.route()) instanceof Admission.Refused refused
                        ? refuse(refusals.of(refused.reason()))
                        : StageResult.PASS;
            case TokenVerdict.KeysUnavailable _, TokenVerdict.NotNow _ -> StageResult.PASS;
            case TokenVerdict.Refused refused -> refuse(refusals.of(refused.fault()));
            // Admitted by its certificate, which the end of the connection ends.
            case TokenVerdict.WithoutTenant _ -> StageResult.PASS;
        };
    }

    /** The principal is known from here on, so that a refusal for want of a proof is one of a known caller. */
    private StageResult admitted(
            GatewayCall call,
            PresentedCredential credential,
            TokenDigest digest,
            Principal principal,
            @Nullable SecurityProfile profile) {
        call.principal(principal);
        StageResult result =
                sender.check(call, credential.kind() == PresentedCredential.Kind.DPOP, digest, principal, profile);
        if (!(result instanceof StageResult.Refuse)) {
            call.addBackendField("X-User-ID", HeaderText.of(principal.entityUri()));
            call.addBackendField("X-Tenant-ID", principal.tenant());
            call.addBackendField(
                    "X-User-Roles", String.join(",", principal.authentication().roles()));
        }
        return result;
    }

    private static String source(GatewayCall call) {
        return FirstSightGate.source(call.peer().address().getAddress());
    }

    private static StageResult refuse(GatewayRefusal refusal) {
        return new StageResult.Refuse(refusal);
    }
}
