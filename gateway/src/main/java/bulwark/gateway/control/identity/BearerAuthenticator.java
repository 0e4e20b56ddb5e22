package bulwark.gateway.control.identity;

import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.identity.TokenFault;
import bulwark.gateway.identity.TokenVerdict;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code Authorization: Bearer} with an access token. A token that is bound to a key or certificate is refused: no proof of possession is checked here. Thread-safe. */
public final class BearerAuthenticator implements Authenticator {
    /** Code of the refusal of a token that was not looked at. */
    public static final String TOO_MANY_NEW = "too_many_new_tokens";

    private static final String CHALLENGE = "Bearer";
    private static final String INVALID = "Bearer error=\"invalid_token\"";

    private final TokenAuthenticator tokens;
    private final AdministratorRegister administrators;

    public BearerAuthenticator(TokenAuthenticator tokens, AdministratorRegister administrators) {
        this.tokens = tokens;
        this.administrators = administrators;
    }

    @Override
    public String kind() {
        return "token";
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        if (request.headers().all("Authorization").size() > 1) {
            return Optional.of(refused(TokenFault.MALFORMED_HEADER, null));
        }
        Optional<String> bearer = request.bearer();
        if (bearer.isEmpty()) {
            return Optional.of(Outcome.NotPresented.NOT_PRESENTED);
        }
        if (bearer.get().isEmpty()) {
            return Optional.of(refused(TokenFault.MALFORMED_HEADER, null));
        }
        TokenVerdict known = tokens.known(TokenDigest.of(bearer.get()));
        return Optional.ofNullable(known).map(this::outcome);
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        String token = request.bearer().orElse("");
        return outcome(
                tokens.verify(token, TokenDigest.of(token), request.remote()).join());
    }

    private Outcome outcome(TokenVerdict verdict) {
        return switch (verdict) {
            case TokenVerdict.Accepted accepted -> accepted(accepted.token().principal());
            case TokenVerdict.Refused refused -> refused(refused.fault(), null);
            case TokenVerdict.WithoutTenant without ->
                new Outcome.Refused(
                        "without_tenant",
                        "The token names no tenant.",
                        INVALID,
                        without.token().principal().entityUri());
            case TokenVerdict.NotNow _ ->
                throw new ApiRefusal(
                        ApiRefusal.Kind.UNAVAILABLE,
                        TOO_MANY_NEW,
                        "Too many new tokens come from this address; repeat the call after a second.");
            case TokenVerdict.KeysUnavailable _ ->
                throw new ApiRefusal(
                        ApiRefusal.Kind.UNAVAILABLE,
                        "keys_unavailable",
                        "No key of the issuer was ever fetched; repeat the call once the identity provider answers.");
        };
    }

    private Outcome accepted(Principal bearer) {
        if (!bearer.authentication().confirmation().equals(Confirmation.NONE)) {
            return new Outcome.Refused(
                    "bound", "A bound token is not accepted here; get one without cnf.", INVALID, bearer.entityUri());
        }
        return new Outcome.Identified(administrators.honoured(bearer));
    }

    private static Outcome refused(TokenFault fault, @Nullable String id) {
        return new Outcome.Refused(fault.code(), fault.message(), INVALID, id);
    }

    @Override
    public Optional<String> challenge() {
        return Optional.of(CHALLENGE);
    }
}
