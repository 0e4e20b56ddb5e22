package bulwark.gateway.identity;

import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.JoseRefused;
import bulwark.kernel.signing.JwsAlgorithm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens of one issuer (RFC 7519, RFC 8725, RFC 9068). The algorithm is the key's, the key is the issuer's: nothing that a token says of keys but their {@code kid} is
 * looked at. A token must say that it is an access token, by {@code typ: at+jwt} in its header or by Keycloak's claim {@code typ}: ID tokens and refresh tokens bear the same
 * signature. Thread-safe.
 *
 * @param issuer claim {@code iss}, compared character by character
 * @param audiences of which {@code aud} must name one
 * @param adminAlias whether the role {@code admin} is the platform administrator's
 */
public record TokenVerifier(String issuer, Set<String> audiences, boolean adminAlias, KeySource keys, Clock clock) {
    /** Of keys that verify tokens. */
    static final Set<JwsAlgorithm> ALGORITHMS =
            EnumSet.of(JwsAlgorithm.RS256, JwsAlgorithm.PS256, JwsAlgorithm.ES256, JwsAlgorithm.EDDSA);

    /** How far the issuer's clock and ours may differ. */
    static final Duration LEEWAY = Duration.ofSeconds(30);

    private static final Set<String> HEADER_TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    /** Claim of Keycloak's access tokens, bearer and bound. */
    private static final Set<String> ACCESS_TYPES = Set.of("Bearer", "DPoP");

    public TokenVerifier {
        audiences = Set.copyOf(audiences);
    }

    /** May wait for keys and costs a signature; call on a virtual thread. */
    TokenVerdict verify(String token) {
        try {
            CompactJws jws = CompactJws.parse(token);
            String type = headerType(jws);
            return switch (keys.find(jws.text("kid"))) {
                case KeyLookup.Found found -> {
                    checkSignature(jws, found.key());
                    AccessTokenClaims claims = AccessTokenClaims.read(jws.claims(), audiences);
                    check(claims, type);
                    yield TokenPrincipal.verdict(
                            claims, adminAlias, claims.expires().plus(LEEWAY), found.key());
                }
                case KeyLookup.Unknown unknown -> new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY);
                case KeyLookup.Busy busy -> new TokenVerdict.NotNow(new FirstSightGate.Denial.Overloaded());
                case KeyLookup.NoKeySet none -> new TokenVerdict.KeysUnavailable();
            };
        } catch (TokenRefused e) {
            return new TokenVerdict.Refused(e.fault());
        } catch (JoseRefused e) {
            return new TokenVerdict.Refused(
                    switch (e.reason()) {
                        case CRITICAL_HEADER -> TokenFault.CRITICAL_HEADER;
                        case ALGORITHM -> TokenFault.ALGORITHM;
                        default -> TokenFault.MALFORMED;
                    });
        }
    }

    /** In lower case; null when absent. Looked at before any key is fetched, like the algorithm. */
    private static @Nullable String headerType(CompactJws jws) {
        if (!ALGORITHMS.contains(jws.algorithm())) {
            throw new TokenRefused(TokenFault.ALGORITHM);
        }
        String type = jws.text("typ");
        String lower = type == null ? null : type.toLowerCase(Locale.ROOT);
        if (lower != null && !HEADER_TYPES.contains(lower)) {
            throw new TokenRefused(TokenFault.NOT_ACCESS_TOKEN);
        }
        return lower;
    }

    private static void checkSignature(CompactJws jws, VerificationKey key) {
        if (key.key().algorithm() != jws.algorithm()) {
            throw new TokenRefused(TokenFault.ALGORITHM);
        }
        if (!key.key().verify(jws.algorithm(), jws.signingInput(), jws.signature())) {
            throw new TokenRefused(TokenFault.INVALID_SIGNATURE);
        }
    }

    private void check(AccessTokenClaims claims, @Nullable String headerType) {
        boolean saysSo = claims.type() == null
                ? headerType != null && headerType.endsWith("at+jwt")
                : ACCESS_TYPES.contains(claims.type());
        require(saysSo, TokenFault.NOT_ACCESS_TOKEN);
        require(issuer.equals(claims.issuer()), TokenFault.INVALID_ISSUER);
        require(claims.audiences().stream().anyMatch(audiences::contains), TokenFault.INVALID_AUDIENCE);
        Instant now = clock.instant();
        require(now.isBefore(claims.expires().plus(LEEWAY)), TokenFault.EXPIRED);
        Instant latest = now.plus(LEEWAY);
        require(isPast(claims.notBefore(), latest) && isPast(claims.issuedAt(), latest), TokenFault.NOT_YET_VALID);
    }

    private static boolean isPast(@Nullable Instant instant, Instant latest) {
        return instant == null || !instant.isAfter(latest);
    }

    private static void require(boolean holds, TokenFault otherwise) {
        if (!holds) {
            throw new TokenRefused(otherwise);
        }
    }
}
