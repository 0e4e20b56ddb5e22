package bulwark.gateway.proxy;

import bulwark.kernel.metrics.LatencyHistogram;
import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import java.util.Arrays;

/** The counters of one route, found without a look-up by labels: a route has few pairs of method and status. Thread-safe. */
final class RouteCounts {
    private final String route;
    private volatile Entry[] entries = {};

    /** @param status key of its label */
    private record Entry(String method, int status, Counter counter, LatencyHistogram times) {
        void answered(long nanos) {
            counter.increment();
            times.record(nanos);
        }
    }

    RouteCounts(String route) {
        this.route = route;
    }

    /** One more answer. @param method one instance for each method */
    void answered(Metrics metrics, String method, int statusCode, long nanos) {
        int status = StatusLabel.key(statusCode);
        for (Entry entry : entries) {
            if (entry.status == status && entry.method.equals(method)) {
                entry.answered(nanos);
                return;
            }
        }
        add(metrics, method, status).answered(nanos);
    }

    private synchronized Entry add(Metrics metrics, String method, int status) {
        Counter counter = metrics.counter(
                CallMetrics.REQUESTS, "method", method, "http_route", route, "status", StatusLabel.of(status));
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        LatencyHistogram times = metrics.histogram(
                CallMetrics.DURATION, CallMetrics.LATENCY_BOUNDS, "method", method, "http_route", route);
        Entry added = new Entry(method, status, counter, times);
        more[entries.length] = added;
        entries = more;
        return added;
    }
}
