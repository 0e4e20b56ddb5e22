package bulwark.tasks.store;

import bulwark.tasks.broker.StartLimit;
import java.time.Duration;
import java.util.List;

/** Shared by all workers on one store. Thread-safe; blocks. */
public interface RateLimiter {
    /** Takes one start out of every limit, or out of none; of each evenly spread, with a burst of the limit. */
    Decision acquireAll(List<StartLimit> limits);

    /** Takes one start out of {@code limit} for each {@code per}. */
    default Decision acquire(String key, int limit, Duration per) {
        return acquireAll(List.of(new StartLimit(key, limit, per)));
    }

    /** @param retryAfter zero when allowed */
    record Decision(boolean allowed, Duration retryAfter) {
        public static Decision of(JointLimit.Step step) {
            return new Decision(step.granted(), Duration.ofNanos(step.delay()));
        }
    }
}
