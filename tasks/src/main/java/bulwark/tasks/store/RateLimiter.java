package bulwark.tasks.store;

import bulwark.kernel.quota.Gcra;
import java.time.Duration;

/** Shared by all workers on one store. Thread-safe; blocks. */
public interface RateLimiter {
    /** Takes one start out of {@code limit} for each {@code per}, spread evenly with a burst of {@code limit}. */
    Decision acquire(String key, int limit, Duration per);

    /** The rate of a limit ≥ 1. */
    static Gcra rate(int limit, Duration per) {
        long spacing = Math.max(1, per.toNanos() / limit);
        return new Gcra(spacing, spacing * limit);
    }

    /** @param retryAfter zero when allowed */
    record Decision(boolean allowed, Duration retryAfter) {
        public static Decision of(Gcra.Step step) {
            return new Decision(step.granted(), Duration.ofNanos(step.delay()));
        }
    }
}
