package bulwark.kernel.evidence.signer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long the attempts to sign heads have been without success, for health. One thread attempts; any thread asks. */
final class SigningDelay {
    private static final Logger LOG = LoggerFactory.getLogger(SigningDelay.class);

    private final Clock clock;
    private volatile @Nullable Attempt unfinished;
    private boolean warned;

    SigningDelay(Clock clock) {
        this.clock = clock;
    }

    /**
     * An attempt that has not succeeded yet, or those that failed in a row.
     *
     * @param since {@link System#nanoTime()} of the first; no change of the clock puts it off
     * @param at the same by the clock
     */
    private record Attempt(long since, Instant at, String sentence) {
        boolean takesTooLong(Instant now) {
            return System.nanoTime() - since >= HeadSigner.MAX_DELAY.toNanos()
                    || Duration.between(at, now).compareTo(HeadSigner.MAX_DELAY) >= 0;
        }
    }

    /** A disk that hangs says nothing: this attempt must not last for long either. */
    void begin() {
        if (unfinished == null) {
            unfinished = begun();
        }
    }

    void succeeded() {
        unfinished = null;
        warned = false;
    }

    void failed(Exception e) {
        String sentence = "the heads of the store cannot be signed and kept: " + e.getMessage();
        if (!warned) {
            warned = true;
            LOG.warn("{}; it is tried again", sentence);
        }
        Attempt first = unfinished == null ? begun() : unfinished;
        unfinished = new Attempt(first.since, first.at, sentence);
    }

    private Attempt begun() {
        return new Attempt(
                System.nanoTime(), clock.instant(), "the heads of the store are being signed and kept for too long");
    }

    /** What failed last; null after a success. */
    @Nullable
    String failure() {
        Attempt attempt = unfinished;
        return attempt == null ? null : attempt.sentence;
    }

    /** Why health is red; null while nothing failed for as long as {@link HeadSigner#MAX_DELAY}. */
    @Nullable
    String problem() {
        Attempt attempt = unfinished;
        return attempt != null && attempt.takesTooLong(clock.instant()) ? attempt.sentence : null;
    }
}
