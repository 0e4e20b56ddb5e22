package bulwark.gateway.proxy;

import bulwark.kernel.metrics.LatencyHistogram;
import bulwark.kernel.metrics.Metrics;
import java.util.Arrays;

/** The times of one route's upstreams, found without a look-up by labels: a route has few pairs of upstream and status. Thread-safe. */
final class UpstreamCounts {
    private volatile Entry[] entries = {};

    private record Entry(String upstream, int status, LatencyHistogram times) {}

    /** @param upstream one instance for each upstream, and equal to no other's */
    LatencyHistogram times(CallMetrics calls, Metrics metrics, String upstream, int statusCode) {
        int status = StatusLabel.key(statusCode);
        for (Entry entry : entries) {
            if (entry.status == status && entry.upstream.equals(upstream)) {
                return entry.times;
            }
        }
        calls.breakerSeen(upstream);
        return add(metrics, upstream, status);
    }

    private synchronized LatencyHistogram add(Metrics metrics, String upstream, int status) {
        LatencyHistogram times = metrics.histogram(
                CallMetrics.UPSTREAM_LATENCY,
                CallMetrics.LATENCY_BOUNDS,
                "upstream",
                upstream,
                "status",
                StatusLabel.of(status));
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = new Entry(upstream, status, times);
        entries = more;
        return times;
    }
}
