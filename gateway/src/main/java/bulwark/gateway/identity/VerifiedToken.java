package bulwark.gateway.identity;

import bulwark.kernel.access.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A token whose signature and claims hold. Immutable but for the key, which may be withdrawn.
 *
 * @param tokenId claim {@code jti}, or null
 * @param expiresMillis from this moment on it is not accepted, leeway included; milliseconds since 1970
 */
public record VerifiedToken(Principal principal, @Nullable String tokenId, long expiresMillis, VerificationKey key) {
    boolean isLive(long nowMillis) {
        return nowMillis < expiresMillis && !key.isWithdrawn();
    }

    /** By claims alone. */
    @Override
    public String toString() {
        return "token " + tokenId + " of " + principal.entityUri();
    }
}
