package bulwark.gateway.proxy;

import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;

/** The timers of one route's upstreams, found without a look-up by labels: a route has few pairs of upstream and status. Thread-safe. */
final class UpstreamCounts {
    private volatile Entry[] entries = {};

    private record Entry(String upstream, int status, Timer timer) {}

    /** @param upstream one instance for each upstream, and equal to no other's */
    Timer timer(CallMetrics calls, Metrics metrics, String upstream, int statusCode) {
        int status = StatusLabel.key(statusCode);
        for (Entry entry : entries) {
            if (entry.status == status && entry.upstream.equals(upstream)) {
                return entry.timer;
            }
        }
        calls.breakerSeen(upstream);
        return add(metrics, upstream, status);
    }

    private synchronized Timer add(Metrics metrics, String upstream, int status) {
        Timer timer = metrics.timer(
                CallMetrics.UPSTREAM_LATENCY,
                CallMetrics.LATENCY_BOUNDS,
                "upstream",
                upstream,
                "status",
                StatusLabel.of(status));
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = new Entry(upstream, status, timer);
        entries = more;
        return timer;
    }
}
