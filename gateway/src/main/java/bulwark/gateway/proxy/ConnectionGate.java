package bulwark.gateway.proxy;

import bulwark.gateway.identity.FirstSightGate;
import bulwark.kernel.quota.SlidingWindowLimiter;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the connections of clients, all together and for each address, and lets no more in than the limits say. Thread-safe. */
final class ConnectionGate {
    private static final Duration RATE_WINDOW = Duration.ofSeconds(10);
    private static final int MAX_SOURCES = 20_000;

    /** Why a connection is closed as soon as it is opened; also the label of the metric. */
    enum Reason {
        TOTAL,
        SOURCE,
        /** Too many new ones of one address. */
        RATE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final int max;
    private final int maxOfSource;
    private final @Nullable SlidingWindowLimiter fresh;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> sources = new ConcurrentHashMap<>();

    /** @param max of all @param maxOfSource of one address @param newPerSecond of one address, over ten seconds; 0 for any number */
    ConnectionGate(int max, int maxOfSource, double newPerSecond) {
        fresh = newPerSecond > 0
                ? new SlidingWindowLimiter(
                        Math.max(1, Math.round(newPerSecond * RATE_WINDOW.toSeconds())),
                        RATE_WINDOW,
                        MAX_SOURCES,
                        Clock.systemUTC())
                : null;
        this.max = max;
        this.maxOfSource = maxOfSource;
    }

    int open() {
        return open.get();
    }

    /** When null, {@link #release} must follow. */
    @Nullable
    Reason acquire(InetAddress source) {
        if (fresh != null && !fresh.tryAcquire(FirstSightGate.source(source)).admitted()) {
            return Reason.RATE;
        }
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            return Reason.TOTAL;
        }
        if (sources.merge(source, 1, Integer::sum) > maxOfSource) {
            release(source);
            return Reason.SOURCE;
        }
        return null;
    }

    void release(InetAddress source) {
        open.decrementAndGet();
        sources.computeIfPresent(source, (address, count) -> count == 1 ? null : count - 1);
    }
}
