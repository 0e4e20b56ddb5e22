package bulwark.gateway.endpoint;

import bulwark.kernel.metrics.Metrics;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /health}, {@code /health/live}, {@code /ready}, {@code /health/ready} and {@code /metrics}. */
public final class HealthEndpoints {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** Answers at once: anybody may ask, so that no body of theirs is kept. */
    private record Bodiless(GatewayEndpoint inner) implements GatewayEndpoint {
        @Override
        public EndpointResponse answer(EndpointRequest request) {
            return inner.answer(request);
        }

        @Override
        public int maxBodyBytes() {
            return 0;
        }
    }

    private HealthEndpoints() {}

    /**
     * Health stays 200 when neighbours are down: a restart would not mend them.
     *
     * @param unready why no traffic should come here now, for instance {@code Control Plane unreachable}, or null
     */
    public static EndpointTable in(EndpointTable table, Metrics metrics, Supplier<@Nullable String> unready) {
        GatewayEndpoint live = new Bodiless(request -> get(request, EndpointResponse.text(200, "OK")));
        GatewayEndpoint ready = new Bodiless(request -> get(request, readiness(unready.get())));
        MetricsScrape scrapes = new MetricsScrape(metrics::scrape, System::nanoTime);
        GatewayEndpoint scrape =
                new Bodiless(request -> get(request, new EndpointResponse(200, PROMETHEUS, scrapes.text(), List.of())));
        return table.with("/health", live)
                .with("/health/live", live)
                .with("/ready", ready)
                .with("/health/ready", ready)
                .with("/metrics", scrape);
    }

    private static EndpointResponse readiness(@Nullable String reason) {
        return reason == null
                ? EndpointResponse.text(200, "READY")
                : EndpointResponse.text(503, "NOT READY: " + reason);
    }

    private static EndpointResponse get(EndpointRequest request, EndpointResponse response) {
        return request.method().equals("GET") || request.method().equals("HEAD")
                ? response
                : new EndpointResponse(405, "", new byte[0], List.of("Allow", "GET, HEAD"));
    }
}
