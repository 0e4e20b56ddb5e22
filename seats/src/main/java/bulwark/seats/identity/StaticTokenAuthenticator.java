package bulwark.seats.identity;

import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRouteGuard;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code ADMIN_TOKEN} as a bearer: an administrator without a name, until its sunset. Compared by digest in constant time. Thread-safe. */
public final class StaticTokenAuthenticator implements Authenticator {
    /** What a key of a staker begins with; such a bearer is not ours. */
    public static final String STAKER_PREFIX = "smk_";

    private static final String ACTOR = "static-admin";
    private static final String CHALLENGE = "Bearer";

    private final byte @Nullable [] digest;
    private final Optional<Instant> sunset;
    private final Clock clock;

    /** @param token null when the static token is off: then every one is refused */
    public StaticTokenAuthenticator(@Nullable SecretBytes token, Optional<Instant> sunset, Clock clock) {
        digest = token == null
                ? null
                : Digests.sha256(token.exposeText(SecretAccess.grant()).strip().getBytes(StandardCharsets.UTF_8));
        this.sunset = sunset;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return SeatRouteGuard.STATIC;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return Optional.of(authenticate(request));
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        Optional<String> bearer = request.bearer();
        if (bearer.isEmpty() || bearer.get().startsWith(STAKER_PREFIX)) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        byte[] presented = Digests.sha256(bearer.get().getBytes(StandardCharsets.UTF_8));
        if (digest == null || !MessageDigest.isEqual(digest, presented)) {
            return new Outcome.Refused("unknown", "The bearer token is not known", CHALLENGE);
        }
        if (sunset.isPresent() && !clock.instant().isBefore(sunset.get())) {
            return new Outcome.Refused("sunset", "The static token is refused since its sunset: sign in", CHALLENGE);
        }
        return new Outcome.Identified(principal());
    }

    private static Principal principal() {
        Set<String> permissions = new HashSet<>(Roles.permissions(Roles.ADMIN));
        permissions.remove(Roles.STAKER);
        Authentication how = new Authentication(
                Authentication.Method.SHARED_TOKEN, Set.of(Roles.ADMIN), null, Instant.MAX, Confirmation.NONE);
        return new Principal(ACTOR, "default", permissions, null, Set.of(), how);
    }

    @Override
    public Optional<String> challenge() {
        return Optional.of(CHALLENGE);
    }
}
