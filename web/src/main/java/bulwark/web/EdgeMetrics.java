package bulwark.web;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Latency by route, method and status, and refusals by code. The timers are kept by route and status: no label is built on the hot path. */
final class EdgeMetrics {
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5};
    private static final int STATUSES = 500;

    private final Metrics metrics;
    private final String prefix;
    private final List<Router.Endpoint> endpoints;
    private final AtomicReferenceArray<Timer> timers;

    EdgeMetrics(Metrics metrics, String prefix, List<Router.Endpoint> endpoints) {
        this.metrics = metrics;
        this.prefix = prefix;
        this.endpoints = endpoints;
        this.timers = new AtomicReferenceArray<>(endpoints.size() * STATUSES);
    }

    static List<MetricDescription> descriptions(String prefix) {
        return List.of(
                MetricDescription.timer(
                        prefix + "_request_latency_seconds",
                        "time from the last byte of a request to its answer",
                        "route",
                        "method",
                        "status_code"),
                MetricDescription.counter(
                        prefix + "_edge_refused", "requests that were refused before their handler", "code"),
                MetricDescription.counter(
                        prefix + "_edge_header_dropped",
                        "headers of handlers that the header policy of the service overrules",
                        "header"),
                MetricDescription.counter(prefix + "_edge_closed", "connections that the server closed", "reason"),
                MetricDescription.counter("bulwark_tls_refused", "TLS handshakes that failed", "reason"));
    }

    void answered(Router.Endpoint endpoint, int status, long nanos) {
        int slot = endpoint.index * STATUSES + Math.floorMod(status - 100, STATUSES);
        Timer timer = timers.get(slot);
        if (timer == null) {
            Route route = endpoints.get(endpoint.index).route;
            timer = metrics.timer(
                    prefix + "_request_latency_seconds",
                    BOUNDS,
                    "route",
                    route.path(),
                    "method",
                    route.method(),
                    "status_code",
                    Integer.toString(status));
            timers.set(slot, timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused(EdgeRefusal refusal) {
        metrics.count(prefix + "_edge_refused", "code", refusal.code());
    }

    /** @param name in lower case, one of the policy's own */
    void headerDropped(String name) {
        metrics.count(prefix + "_edge_header_dropped", "header", name);
    }

    /** @param why one of headers, body, reader, idle, displaced, limit, linger, handshakes, cut */
    void closed(String why) {
        metrics.count(prefix + "_edge_closed", "reason", why);
    }

    /** @param reason one of no_certificate, untrusted, expired, identity, protocol, other */
    void tlsRefused(String reason) {
        metrics.count("bulwark_tls_refused", "reason", reason);
    }
}
