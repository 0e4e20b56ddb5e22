package bulwark.gateway.proxy;

import bulwark.gateway.balance.CircuitBreaker;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http2.FrameBudget;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts calls and refusals. Thread-safe. */
public final class CallMetrics {
    static final String REQUESTS = "stoa_http_requests";
    private static final String REFUSALS = "stoa_refusals";
    private static final String RETRIES = "stoa_upstream_retries";
    private static final String FLOODS = "stoa_frame_floods";
    private static final String REJECTED = "stoa_tcp_connections_rejected_pre_tls";
    private static final String STREAMS_REJECTED = "stoa_sse_rejected";
    private static final String BREAKERS = "stoa_circuit_breaker_state";
    private static final String CONNECTIONS = "stoa_connections_active";
    private static final String UPSTREAM_CONNECTIONS = "stoa_upstream_connections_active";
    private static final String CALLS = "stoa_calls_active";
    private static final String STREAMS = "stoa_sse_connections_active";
    private static final String BUFFERS = "stoa_buffers_bytes";
    static final String DURATION = "stoa_http_request_duration";
    static final String UPSTREAM_LATENCY = "stoa_upstream_latency";
    static final double[] LATENCY_BOUNDS = {0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final String NO_ROUTE = "none";

    /** Everything that this counts. */
    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(REQUESTS, "requests answered", "method", "http_route", "status"),
            MetricDescription.counter(REFUSALS, "requests that the gateway answered itself", "code"),
            MetricDescription.counter(RETRIES, "tries of a call beyond its first"),
            MetricDescription.counter(FLOODS, "connections of HTTP/2 that were ended because of a flood", "reason"),
            MetricDescription.counter(REJECTED, "connections that were closed as soon as they were opened", "reason"),
            MetricDescription.counter(STREAMS_REJECTED, "event streams beyond a limit", "reason"),
            MetricDescription.timer(
                    DURATION, "time from a request's head to the end of its answer", "method", "http_route"),
            MetricDescription.timer(
                    UPSTREAM_LATENCY,
                    "time from a request's head at an upstream to that of its answer",
                    "upstream",
                    "status"),
            MetricDescription.gauge(BREAKERS, "circuit of an upstream: 0 closed, 1 open, 2 half open", "upstream"),
            MetricDescription.gauge(CONNECTIONS, "connections of clients"),
            MetricDescription.gauge(UPSTREAM_CONNECTIONS, "connections to upstreams"),
            MetricDescription.gauge(CALLS, "calls under way"),
            MetricDescription.gauge(STREAMS, "event streams under way"),
            MetricDescription.gauge(BUFFERS, "memory that requests and answers under way take, in bytes"));

    private final Metrics metrics;
    private final Set<String> breakers = ConcurrentHashMap.newKeySet();
    private volatile Function<String, Optional<CircuitBreaker>> breakerByName = name -> Optional.empty();

    public CallMetrics(Metrics metrics) {
        this.metrics = metrics;
        for (FrameBudget.Kind kind : FrameBudget.Kind.values()) {
            metrics.counter(FLOODS, "reason", kind.reason());
        }
        for (ConnectionGate.Reason reason : ConnectionGate.Reason.values()) {
            metrics.counter(REJECTED, "reason", reason.label());
        }
        for (String reason : StreamGate.REASONS) {
            metrics.counter(STREAMS_REJECTED, "reason", reason);
        }
    }

    /** What a data plane holds is read at each scrape. @param byName finds breakers */
    void observe(PlaneContext plane, Function<String, Optional<CircuitBreaker>> byName) {
        breakerByName = byName;
        metrics.gauge(CONNECTIONS, plane.connections::open);
        metrics.gauge(UPSTREAM_CONNECTIONS, plane.upstreamConnections::get);
        metrics.gauge(CALLS, plane.calls::get);
        metrics.gauge(STREAMS, plane.streams::open);
        metrics.gauge(BUFFERS, BufferBudget::used);
    }

    /** From the first call of an upstream on its breaker is told of; one that is gone is not a number. */
    void breakerSeen(String upstream) {
        if (breakers.add(upstream)) {
            metrics.gauge(BREAKERS, () -> breakerState(upstream), "upstream", upstream);
        }
    }

    private double breakerState(String upstream) {
        return breakerByName
                .apply(upstream)
                .map(breaker -> (double) breaker.state().ordinal())
                .orElse(Double.NaN);
    }

    void rejected(ConnectionGate.Reason reason) {
        metrics.count(REJECTED, "reason", reason.label());
    }

    void streamRejected(String reason) {
        metrics.count(STREAMS_REJECTED, "reason", reason);
    }

    /** The head of an upstream's answer came. */
    void upstreamAnswered(RouteTarget target, String upstream, int status, long nanos) {
        target.upstreamCounts().times(this, metrics, upstream, status).record(nanos);
    }

    void refused(GatewayRefusal refusal) {
        metrics.count(REFUSALS, "code", refusal.code());
    }

    void flooded(String reason) {
        metrics.count(FLOODS, "reason", reason);
    }

    void retried() {
        metrics.count(RETRIES);
    }

    /** A request whose head could not be read. */
    void unread(int status) {
        metrics.count(REQUESTS, "method", "unknown", "http_route", NO_ROUTE, "status", Integer.toString(status));
    }

    /** @param target of the call, or null when it had no route */
    void answered(GatewayCall call, @Nullable RouteTarget target, int status, long nanos) {
        String method = method(call.head().method());
        if (target == null) {
            metrics.count(REQUESTS, "method", method, "http_route", NO_ROUTE, "status", Integer.toString(status));
        } else {
            target.counts().answered(metrics, method, status, nanos);
        }
    }

    /** Clients choose methods freely, so that only known ones become labels. */
    private static String method(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" -> method;
            default -> "other";
        };
    }
}
