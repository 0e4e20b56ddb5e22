package bulwark.tasks.memory;

import bulwark.tasks.store.Gcra;
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
        AtomicReference<Decision> decision = new AtomicReference<>();
        arrivals.compute(key, (ignored, stored) -> {
            Gcra step = Gcra.acquire(stored == null ? 0 : stored, limit, per, clock.instant());
            decision.set(step.decision());
            return step.arrival();
        });
        return Objects.requireNonNull(decision.get());
    }
}
