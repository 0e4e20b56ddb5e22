package bulwark.gateway.admin;

import bulwark.kernel.access.Principal;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code Authorization: Bearer} with the admin token, or with the one before it while a rotation is under way. Compared in constant time. Thread-safe. */
final class AdminTokenAuthenticator implements Authenticator {
    static final String KIND = "admin_token";
    static final String ACTOR = "admin";

    private static final String CHALLENGE = "Bearer";
    private static final Outcome REFUSED = new Outcome.Refused("unknown", "The admin token is not valid.", CHALLENGE);

    private final @Nullable SecretBytes current;
    private final @Nullable SecretBytes previous;

    /** @param current null switches the API off */
    AdminTokenAuthenticator(@Nullable SecretBytes current, @Nullable SecretBytes previous) {
        this.current = current;
        this.previous = previous;
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
        if (current == null) {
            return REFUSED;
        }
        if (request.headers().all("Authorization").size() > 1) {
            return REFUSED;
        }
        Optional<String> bearer = request.bearer();
        if (bearer.isEmpty()) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        SecretBytes presented = SecretBytes.ofText(bearer.get());
        // Both are always compared, so that the time does not tell which one is set.
        boolean isCurrent = current.equalsSecret(presented);
        boolean isPrevious = (previous == null ? current : previous).equalsSecret(presented);
        if (!isCurrent && !isPrevious) {
            return REFUSED;
        }
        return new Outcome.Identified(
                new Principal(ACTOR, "default", Set.of(AdminApi.PERMISSION), isCurrent ? "current" : "previous"));
    }

    @Override
    public Optional<String> challenge() {
        return Optional.of(CHALLENGE);
    }
}
