package bulwark.kernel.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One key of a ring, without its secret.
 *
 * @param id first 16 hex digits of SHA-256 of the raw public key
 * @param publicKey raw 32 bytes
 * @param created when it entered the ring
 * @param trustedUntil end of the dual-trust window once retiring, else null
 */
public record KeyEntry(
        String id,
        KeyStatus status,
        byte[] publicKey,
        Instant created,
        @Nullable Instant trustedUntil) {}
