package bulwark.kernel.concurrent;

import java.time.Duration;

/**
 * Exponential backoff: each pause is twice the one before, up to a cap.
 *
 * @param first after the first failure, &gt; 0
 * @param max cap, ≥ first
 */
public record Backoff(Duration first, Duration max) {
    private static final int MAX_DOUBLINGS = 30;

    public Backoff {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("a backoff starts above zero and does not shrink");
        }
    }

    /** @param failures in a row so far, ≥ 1 */
    public Duration pause(int failures) {
        Duration pause = first.multipliedBy(1L << Math.clamp(failures - 1L, 0, MAX_DOUBLINGS));
        return pause.compareTo(max) < 0 ? pause : max;
    }
}
