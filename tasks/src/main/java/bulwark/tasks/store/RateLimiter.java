package bulwark.tasks.store;

import java.time.Duration;

/** Shared by all workers on one store. Thread-safe; blocks. */
public interface RateLimiter {
    /** Takes one start out of {@code limit} for each {@code per}, spread evenly with a burst of {@code limit}. */
    Decision acquire(String key, int limit, Duration per);

    /** @param retryAfter zero when allowed */
    record Decision(boolean allowed, Duration retryAfter) {}
}
