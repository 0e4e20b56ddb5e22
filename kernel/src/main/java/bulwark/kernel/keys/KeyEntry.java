package bulwark.kernel.keys;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One key of a ring, without its secret.
 *
 * @param id first 16 hex digits of SHA-256 of the raw public key
 * @param publicKey raw 32 bytes
 * @param created when it entered the ring
 * @param trustedUntil end of the dual-trust window once retiring, else null
 * @param replaced when another key took over and this one stopped signing; null before that, and for rings of older releases
 */
@SuppressWarnings("ArrayRecordComponent")
public record KeyEntry(
        String id,
        KeyStatus status,
        byte[] publicKey,
        Instant created,
        @Nullable Instant trustedUntil,
        @Nullable Instant replaced) {
    /** Clocks of two machines, and a signature that was under way when the key was replaced. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

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

    /**
     * Whether a signature that is dated so may be this key's: not after it was replaced, and never once it is distrusted. A date is the
     * signer's own word, so this ends the use of a stolen key for anything dated later, and distrust ends it for everything.
     */
    public boolean maySignAt(Instant signedAt) {
        Instant end = replaced == null ? trustedUntil : replaced;
        return status != KeyStatus.DISTRUSTED
                && status != KeyStatus.ANNOUNCED
                && (end == null || !signedAt.isAfter(end.plus(CLOCK_TOLERANCE)));
    }

    KeyEntry promoted() {
        return new KeyEntry(id, KeyStatus.CURRENT, publicKey, created, null, null);
    }

    KeyEntry retiring(Instant now, Instant until) {
        return new KeyEntry(id, KeyStatus.RETIRING, publicKey, created, until, now);
    }

    KeyEntry distrusted() {
        return new KeyEntry(id, KeyStatus.DISTRUSTED, publicKey, created, null, replaced);
    }

    /** The entry as the clock makes it: a retiring key whose window is over is retired. */
    KeyEntry at(Instant now) {
        boolean over = status == KeyStatus.RETIRING && trustedUntil != null && !now.isBefore(trustedUntil);
        return over ? new KeyEntry(id, KeyStatus.RETIRED, publicKey, created, trustedUntil, replaced) : this;
    }
}
