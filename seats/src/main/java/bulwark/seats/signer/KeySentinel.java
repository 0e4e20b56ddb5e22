package bulwark.seats.signer;

import bulwark.kernel.signing.Keccak256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs something that is no transaction, so that health says whether the key can be used, and not only that it is configured. Thread-safe. */
final class KeySentinel {
    private static final Logger LOG = LoggerFactory.getLogger(KeySentinel.class);
    private static final byte[] DOMAIN = "csm-sentinel-v1".getBytes(StandardCharsets.US_ASCII);

    private final TreasuryKey key;
    private final Clock clock;
    private volatile @Nullable Instant last;
    private volatile @Nullable SigningRefused problem =
            new SigningRefused("SIGNER_UNAVAILABLE", "The key has not signed its sentinel yet.");

    KeySentinel(TreasuryKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** Never throws; {@link #problem} has what went wrong. */
    void run() {
        Instant now = clock.instant();
        byte[] digest = Keccak256.hash(
                DOMAIN,
                ByteBuffer.allocate(Long.BYTES).putLong(now.toEpochMilli()).array());
        try {
            RecoveredSignature.of(digest, key.sign(digest), key.address());
            last = now;
            problem = null;
        } catch (SigningRefused e) {
            problem = e;
        } catch (RuntimeException e) {
            LOG.error("the key failed at its sentinel", e);
            problem = new SigningRefused("SIGNER_UNAVAILABLE", "The key failed; the signer's log says why.");
        }
    }

    @Nullable
    Instant last() {
        return last;
    }

    @Nullable
    SigningRefused problem() {
        return problem;
    }
}
