package bulwark.tasks.execution;

import bulwark.tasks.handler.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long a failed task waits: without a policy 2, 4, 8 … seconds, at most five minutes, each less up to a quarter; with one, as it says. Source of the formulas: Stem 0.2.
 */
public final class RetryDelay {
    private static final long BASE_MS = 2_000;
    private static final long MAX_DELAY_MS = 300_000;

    private final RandomGenerator random;

    public RetryDelay(RandomGenerator random) {
        this.random = random;
    }

    /** @param attempt 0 for the first run that failed */
    Duration after(int attempt, @Nullable RetryPolicy policy) {
        if (policy == null) {
            return Duration.ofMillis(jittered(Math.min(doubled(BASE_MS, attempt), MAX_DELAY_MS)));
        }
        long delay = policy.defaultDelay().toMillis();
        if (!policy.backoff()) {
            return Duration.ofMillis(delay);
        }
        long raw = doubled(delay, attempt);
        Duration most = policy.backoffMax();
        long cap = most == null ? raw : most.toMillis();
        long capped = raw == 0 ? cap : Math.min(raw, cap);
        return Duration.ofMillis(policy.jitter() ? jittered(capped) : capped);
    }

    private static long doubled(long millis, int attempt) {
        return attempt >= 40 || millis > Long.MAX_VALUE >> (attempt + 1) ? Long.MAX_VALUE >> 20 : millis << attempt;
    }

    private long jittered(long millis) {
        return millis < 4 ? millis : millis - random.nextLong(millis / 4 + 1);
    }
}
