package bulwark.facts.identity;

import bulwark.kernel.signing.Ed25519Verifier;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key whose signatures count, parsed once.
 *
 * @param until end of its dual-trust window, or null for the current key
 */
public record TrustedKey(
        String keyId, Ed25519Verifier verifier, @Nullable Instant until) {
    public boolean acceptedAt(Instant now) {
        return until == null || now.isBefore(until);
    }
}
