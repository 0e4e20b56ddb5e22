package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http2.FrameBudget;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts calls and refusals. Thread-safe. */
public final class CallMetrics {
    static final String REQUESTS = "stoa_http_requests";
    private static final String REFUSALS = "stoa_refusals";
    private static final String BLOCKED = "stoa_ssrf_blocked";
    private static final String RETRIES = "stoa_upstream_retries";
    private static final String FLOODS = "stoa_http2_floods";
    private static final String NO_ROUTE = "none";

    /** Everything that this counts. */
    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(REQUESTS, "requests answered", "method", "http_route", "status"),
            MetricDescription.counter(REFUSALS, "requests that the gateway answered itself", "code"),
            MetricDescription.counter(BLOCKED, "connections that the address guard stopped", "stage", "reason"),
            MetricDescription.counter(RETRIES, "tries of a call beyond its first"),
            MetricDescription.counter(FLOODS, "connections of HTTP/2 that were ended because of a flood", "reason"));

    private final Metrics metrics;

    public CallMetrics(Metrics metrics) {
        this.metrics = metrics;
        for (FrameBudget.Kind kind : FrameBudget.Kind.values()) {
            metrics.counter(FLOODS, "reason", kind.reason());
        }
    }

    void refused(GatewayRefusal refusal) {
        metrics.count(REFUSALS, "code", refusal.code());
    }

    void blocked(String reason) {
        metrics.count(BLOCKED, "stage", "connect", "reason", reason);
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
    void answered(GatewayCall call, @Nullable RouteTarget target, int status) {
        String method = method(call.head().method());
        if (target == null) {
            metrics.count(REQUESTS, "method", method, "http_route", NO_ROUTE, "status", Integer.toString(status));
        } else {
            target.counts().counter(metrics, method, status).increment();
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
