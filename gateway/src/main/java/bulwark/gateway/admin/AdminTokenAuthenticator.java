package bulwark.gateway.admin;

import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.util.Optional;
import java.util.Set;

/** {@code Authorization: Bearer} with the admin token, or with the one before it while a rotation is under way. Thread-safe. */
final class AdminTokenAuthenticator implements Authenticator {
    static final String KIND = "admin_token";
    static final String ACTOR = "admin";

    private static final String CHALLENGE = "Bearer";
    private static final Outcome REFUSED = new Outcome.Refused("unknown", "The admin token is not valid.", CHALLENGE);

    private final RotatedSecret tokens;

    AdminTokenAuthenticator(RotatedSecret tokens) {
        this.tokens = tokens;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return Optional.of(authenticate(request));
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        if (!tokens.isEnabled()) {
            return REFUSED;
        }
        if (request.headers().all("Authorization").size() > 1) {
            return REFUSED;
        }
        Optional<String> bearer = request.bearer();
        if (bearer.isEmpty()) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        RotatedSecret.Match match = tokens.match(SecretBytes.ofText(bearer.get()));
        return match == RotatedSecret.Match.NONE
                ? REFUSED
                : new Outcome.Identified(
                        new Principal(ACTOR, "default", Set.of(AdminApi.PERMISSION), JsonFields.word(match)));
    }

    @Override
    public Optional<String> challenge() {
        return Optional.of(CHALLENGE);
    }
}
