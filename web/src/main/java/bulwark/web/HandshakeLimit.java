package bulwark.web;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** TLS handshakes under way in the process, limited in all and for each source: each costs memory and, at the end, a signature. Thread-safe. */
final class HandshakeLimit {
    static final int MAX = 1_000;
    static final int MAX_OF_SOURCE = 200;

    private final int max;
    private final int maxOfSource;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentMap<String, Integer> bySource = new ConcurrentHashMap<>();

    HandshakeLimit(int max, int maxOfSource) {
        this.max = max;
        this.maxOfSource = maxOfSource;
    }

    /** @return false when there is no room; {@link #end} follows only after true */
    boolean begin(String source) {
        if (all.incrementAndGet() > max) {
            all.decrementAndGet();
            return false;
        }
        if (bySource.merge(source, 1, Integer::sum) > maxOfSource) {
            end(source);
            return false;
        }
        return true;
    }

    void end(String source) {
        all.decrementAndGet();
        bySource.computeIfPresent(source, (same, count) -> count == 1 ? null : count - 1);
    }
}
