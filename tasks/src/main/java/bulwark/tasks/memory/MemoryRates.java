package bulwark.tasks.memory;

import bulwark.kernel.quota.Gcra;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.store.JointLimit;
import bulwark.tasks.store.RateLimiter;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Rate limits under the lock of the broker, which takes starts for what waits. */
final class MemoryRates implements RateLimiter {
    private final Clock clock;
    private final ReentrantLock lock;
    private final Map<String, Long> arrivals = new HashMap<>();

    MemoryRates(Clock clock, ReentrantLock lock) {
        this.clock = clock;
        this.lock = lock;
    }

    @Override
    public Decision acquireAll(List<StartLimit> limits) {
        return Decision.of(step(limits));
    }

    JointLimit.Step step(List<StartLimit> limits) {
        lock.lock();
        try {
            JointLimit.Step step =
                    JointLimit.acquire(limits, key -> arrivals.getOrDefault(key, 0L), Gcra.nanos(clock.instant()));
            arrivals.putAll(step.toStore());
            return step;
        } finally {
            lock.unlock();
        }
    }
}
