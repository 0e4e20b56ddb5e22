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
@SuppressWarnings("ArrayRecordComponent")
public record KeyEntry(
        String id,
        KeyStatus status,
        byte[] publicKey,
        Instant created,
        @Nullable Instant trustedUntil) {
    public KeyEntry {
        publicKey = publicKey.clone();
    }

    /** A copy. */
    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Whether a signature by this key is to be trusted now. */
    public boolean verifies() {
        return status == KeyStatus.CURRENT || status == KeyStatus.RETIRING;
    }

    KeyEntry with(KeyStatus newStatus, @Nullable Instant newTrustedUntil) {
        return new KeyEntry(id, newStatus, publicKey, created, newTrustedUntil);
    }

    /** The entry as the clock makes it: a retiring key whose window is over is retired. */
    KeyEntry at(Instant now) {
        boolean over = status == KeyStatus.RETIRING && trustedUntil != null && !now.isBefore(trustedUntil);
        return over ? with(KeyStatus.RETIRED, trustedUntil) : this;
    }
}
