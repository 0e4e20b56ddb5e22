package bulwark.gateway.identity;

import bulwark.gateway.permission.Role;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Issues access tokens without an identity provider, signed by an Ed25519 key ring in the state folder of the gateway: whoever may read that folder may issue. The gateway accepts
 * them while no Keycloak is set. Thread-safe.
 */
public final class LocalTokenIssuer {
    /** Claim {@code iss}. */
    public static final String ISSUER = "stoa-local";

    /** Longest life of a token. */
    public static final Duration MAX_LIFETIME = Duration.ofHours(24);

    /** Of a token for which nobody asks for more: what the hardening page allows an access token. */
    public static final Duration STANDARD_LIFETIME = Duration.ofMinutes(5);

    /** Claim {@code azp} of a token that is given to no program in particular. */
    public static final String CLIENT = "stoa-cli";

    private final KeyRing ring;
    private final Clock clock;

    private LocalTokenIssuer(KeyRing ring, Clock clock) {
        this.ring = ring;
        this.clock = clock;
    }

    /** Where the ring lies. */
    public static Path ring(Path stateFolder) {
        return stateFolder.resolve("token-keys");
    }

    /**
     * Makes the first key when there is none.
     *
     * @throws bulwark.kernel.secrets.KeyRefused when what lies there must not be used
     */
    public static LocalTokenIssuer open(Path stateFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(ring(stateFolder), signing, clock);
        if (ring.current().isEmpty()) {
            KeyEntry first = ring.announce(signing.random32());
            ring.promote(first.id(), Duration.ZERO);
        }
        return new LocalTokenIssuer(ring, clock);
    }

    /** @param audience one that the gateway accepts */
    public String issue(String subject, String tenant, List<Role> roles, Duration lifetime, String audience) {
        return issue(subject, tenant, roles, lifetime, audience, CLIENT);
    }

    /** As above. @param client claim {@code azp}: the program that the token is given to, for instance an application's OAuth client */
    public String issue(
            String subject, String tenant, List<Role> roles, Duration lifetime, String audience, String client) {
        if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException("a token lives for at most " + MAX_LIFETIME.toHours() + " hours");
        }
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", subject);
        claims.put("aud", audience);
        claims.put("azp", client);
        claims.put("jti", UuidV7.next(now));
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetime).getEpochSecond());
        claims.put("tenant", tenant);
        claims.put(
                "realm_access",
                Map.of("roles", roles.stream().map(Role::wireName).toList()));
        Ed25519Signer signer = ring.signer();
        Map<String, String> header = new LinkedHashMap<>();
        header.put("typ", "at+jwt");
        header.put("kid", signer.keyId());
        return CompactJws.sign(header, StrictJson.write(claims), signer);
    }

    /** Whether a signature by this key is good now. */
    static boolean isTrusted(KeyEntry entry, Instant now) {
        return entry.status() == KeyStatus.CURRENT
                || (entry.status() == KeyStatus.RETIRING
                        && entry.trustedUntil() != null
                        && now.isBefore(entry.trustedUntil()));
    }
}
