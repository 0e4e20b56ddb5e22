package bulwark.tasks.memory;

import bulwark.kernel.quota.Gcra;
import bulwark.tasks.store.RateLimiter;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

final class MemoryRates implements RateLimiter {
    private final Clock clock;
    private final ConcurrentHashMap<String, Long> arrivals = new ConcurrentHashMap<>();

    MemoryRates(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Decision acquire(String key, int limit, Duration per) {
        if (limit < 1) {
            return new Decision(false, per);
        }
        AtomicReference<Decision> decision = new AtomicReference<>();
        arrivals.compute(key, (ignored, stored) -> {
            Gcra.Step step =
                    RateLimiter.rate(limit, per).acquire(stored == null ? 0 : stored, Gcra.nanos(clock.instant()));
            decision.set(Decision.of(step));
            return step.fullAt();
        });
        return Objects.requireNonNull(decision.get());
    }
}
