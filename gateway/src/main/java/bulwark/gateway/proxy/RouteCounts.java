package bulwark.gateway.proxy;

import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import java.util.Arrays;

/** The counters of one route, found without a look-up by labels: a route has few pairs of method and status. Thread-safe. */
final class RouteCounts {
    private final String route;
    private volatile Entry[] entries = {};

    private record Entry(String method, int status, Counter counter) {}

    RouteCounts(String route) {
        this.route = route;
    }

    /** @param method one instance for each method */
    Counter counter(Metrics metrics, String method, int status) {
        for (Entry entry : entries) {
            if (entry.status == status && entry.method.equals(method)) {
                return entry.counter;
            }
        }
        return add(metrics, method, status);
    }

    private synchronized Counter add(Metrics metrics, String method, int status) {
        Counter counter = metrics.counter(
                CallMetrics.REQUESTS, "method", method, "http_route", route, "status", Integer.toString(status));
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = new Entry(method, status, counter);
        entries = more;
        return counter;
    }
}
