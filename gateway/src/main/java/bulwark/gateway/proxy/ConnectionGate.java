package bulwark.gateway.proxy;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the connections of clients, all together and for each address, and lets no more in than the limits say. Thread-safe. */
final class ConnectionGate {
    /** Why a connection is closed as soon as it is opened; also the label of the metric. */
    enum Reason {
        TOTAL,
        SOURCE;

        String label() {
            return this == TOTAL ? "total" : "source";
        }
    }

    private final int max;
    private final int maxOfSource;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> sources = new ConcurrentHashMap<>();

    /** @param max of all @param maxOfSource of one address */
    ConnectionGate(int max, int maxOfSource) {
        this.max = max;
        this.maxOfSource = maxOfSource;
    }

    int open() {
        return open.get();
    }

    /** When null, {@link #release} must follow. */
    @Nullable
    Reason acquire(InetAddress source) {
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
