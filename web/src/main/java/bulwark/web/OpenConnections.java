package bulwark.web;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the process, limited in all and for each source. A new one beyond a limit takes the place of the one that
 * has been idle longest, so that those who only hold connections open do not shut others out. Thread-safe.
 */
final class OpenConnections {
    /** One source may hold half of all, or this many where the limit is small: everybody behind one proxy is one source. */
    private static final int MIN_SHARE = 64;

    private final int processLimit;
    private final Set<Connection> all = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, Integer> bySource = new ConcurrentHashMap<>();

    enum Admission {
        ROOM,
        /** An idle connection makes room. */
        DISPLACED,
        /** No room, and nobody idle. */
        FULL
    }

    /** @param processLimit what the process has descriptors for */
    OpenConnections(int processLimit) {
        this.processLimit = processLimit;
    }

    /** Counts a connection in, whatever the answer is: {@link #closed} follows. */
    Admission opened(Connection connection, int listenerLimit) {
        int limit = Math.min(processLimit, listenerLimit);
        String source = connection.remote();
        all.add(connection);
        int ofSource = bySource.merge(source, 1, Integer::sum);
        if (ofSource > Math.max(limit / 2, Math.min(limit, MIN_SHARE))) {
            return displace(connection, source);
        }
        return all.size() <= limit ? Admission.ROOM : displace(connection, null);
    }

    void closed(Connection connection) {
        if (all.remove(connection)) {
            bySource.computeIfPresent(connection.remote(), (source, count) -> count == 1 ? null : count - 1);
        }
    }

    private Admission displace(Connection newcomer, @Nullable String source) {
        Connection longest = null;
        long longestIdle = -1;
        long now = System.nanoTime();
        for (Connection each : all) {
            if (each != newcomer && (source == null || each.remote().equals(source))) {
                long idle = each.idleNanos(now);
                if (idle > longestIdle) {
                    longest = each;
                    longestIdle = idle;
                }
            }
        }
        return longest != null && longest.displace() ? Admission.DISPLACED : Admission.FULL;
    }
}
