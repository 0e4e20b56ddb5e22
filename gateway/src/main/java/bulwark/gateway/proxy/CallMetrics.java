package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.util.List;

/** Counts calls and refusals. Thread-safe. */
public final class CallMetrics {
    private static final String REQUESTS = "stoa_http_requests";
    private static final String REFUSALS = "stoa_refusals";
    private static final String NO_ROUTE = "none";

    /** Everything that this counts. */
    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(REQUESTS, "requests answered", "method", "http_route", "status"),
            MetricDescription.counter(REFUSALS, "requests that the gateway answered itself", "code"));

    private final Metrics metrics;

    public CallMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    void refused(GatewayRefusal refusal) {
        metrics.count(REFUSALS, "code", refusal.code());
    }

    /** A request whose head could not be read. */
    void unread(int status) {
        metrics.count(REQUESTS, "method", "unknown", "http_route", NO_ROUTE, "status", Integer.toString(status));
    }

    void answered(GatewayCall call, int status) {
        metrics.count(
                REQUESTS,
                "method",
                method(call.head().method()),
                "http_route",
                NO_ROUTE,
                "status",
                Integer.toString(status));
    }

    /** Clients choose methods freely, so that only known ones become labels. */
    private static String method(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" -> method;
            default -> "other";
        };
    }
}
