package bulwark.gateway.proxy;

import bulwark.gateway.identity.FirstSightGate;
import bulwark.kernel.quota.SlidingWindowLimiter;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts event streams: all together, for each address, and for each tenant. Thread-safe. */
final class StreamGate {
    /** What may refuse one more stream. */
    static final List<String> REASONS = List.of("total", "source", "tenant", "rate");

    private static final int MAX_SOURCES = 20_000;

    private final StreamLimits limits;
    private final @Nullable SlidingWindowLimiter fresh;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<Object, Integer> counts = new ConcurrentHashMap<>();

    private record Tenant(String id) {}

    StreamGate(StreamLimits limits) {
        this.limits = limits;
        fresh = limits.newOfSourcePerMinute() > 0
                ? new SlidingWindowLimiter(
                        limits.newOfSourcePerMinute(), Duration.ofMinutes(1), MAX_SOURCES, Clock.systemUTC())
                : null;
    }

    int open() {
        return open.get();
    }

    /** When null, {@link #release} must follow. @return which limit refuses, as the metric names it */
    @Nullable
    String acquire(InetAddress source, String tenant) {
        if (fresh != null && !fresh.tryAcquire(FirstSightGate.source(source)).admitted()) {
            return "rate";
        }
        if (open.incrementAndGet() > limits.total()) {
            open.decrementAndGet();
            return "total";
        }
        if (counts.merge(source, 1, Integer::sum) > limits.ofSource()) {
            open.decrementAndGet();
            decrement(source);
            return "source";
        }
        Tenant key = new Tenant(tenant);
        if (counts.merge(key, 1, Integer::sum) > limits.ofTenant()) {
            release(source, tenant);
            return "tenant";
        }
        return null;
    }

    void release(InetAddress source, String tenant) {
        open.decrementAndGet();
        decrement(source);
        decrement(new Tenant(tenant));
    }

    private void decrement(Object key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
}
