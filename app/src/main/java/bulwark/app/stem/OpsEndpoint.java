package bulwark.app.stem;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.Quotas;
import bulwark.web.Edge;
import bulwark.web.EdgeRefusal;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, {@code /healthz} and {@code /readyz} of a worker or a beat, on STEM_METRICS_PORT; without that setting nothing listens. Ready and healthy are what
 * the process itself can vouch for now, a 503 with the reason otherwise.
 */
final class OpsEndpoint implements AutoCloseable {
    private final @Nullable Edge edge;
    private final int port;

    private OpsEndpoint(@Nullable Edge edge, int port) {
        this.edge = edge;
        this.port = port;
    }

    /**
     * @param trouble why the process is not alive, or null
     * @param unready why the process should not be given work, or null
     */
    record State(@Nullable String trouble, @Nullable String unready) {
        /** With what the process cannot do without, whoever started it. */
        State withThreads() {
            List<String> failing = EssentialThread.problems();
            return trouble != null || failing.isEmpty() ? this : new State(failing.getFirst(), unready);
        }
    }

    static OpsEndpoint serve(Configuration configuration, Metrics metrics, Clock clock, Supplier<State> state) {
        int wanted = configuration.port("STEM_METRICS_PORT");
        if (wanted == 0) {
            return new OpsEndpoint(null, 0);
        }
        Edge edge = Edge.create();
        try {
            int port =
                    edge.listenPlain(service(metrics, clock, state), configuration.text("STEM_METRICS_HOST"), wanted);
            return new OpsEndpoint(edge, port);
        } catch (RuntimeException e) {
            edge.close();
            throw e;
        }
    }

    /** 0 when nothing listens. */
    int port() {
        return port;
    }

    private static Service service(Metrics metrics, Clock clock, Supplier<State> state) {
        return new Service(
                "stem",
                List.of(
                        Route.open(
                                "GET",
                                "/metrics",
                                request -> Response.text(
                                        200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape())),
                        Route.open(
                                "GET",
                                "/healthz",
                                request -> answer(state.get().withThreads().trouble())),
                        Route.open("GET", "/readyz", request -> {
                            State now = state.get().withThreads();
                            return answer(now.trouble() != null ? now.trouble() : now.unready());
                        })),
                null,
                null,
                Quotas.of(Map.of(), clock),
                new Plain(),
                (principal, method, path, remote, refusal) -> {},
                path -> false,
                Set.of(),
                metrics,
                Service.Limits.defaults());
    }

    private static Response answer(@Nullable String trouble) {
        return trouble == null
                ? Response.json(200, Map.of("status", "ok"))
                : Response.json(503, Map.of("status", "error", "reason", trouble));
    }

    @Override
    public void close() {
        if (edge != null) {
            edge.close();
        }
    }

    private static final class Plain implements Service.Errors {
        @Override
        public Response render(EdgeRefusal refusal) {
            int status = switch (refusal) {
                case EdgeRefusal.NotFound _ -> 404;
                case EdgeRefusal.MethodNotAllowed _ -> 405;
                case EdgeRefusal.Stopping _, EdgeRefusal.Overloaded _ -> 503;
                case EdgeRefusal.HostNotAllowed _ -> 421;
                case EdgeRefusal.QuotaExceeded _ -> 429;
                case EdgeRefusal.BodyTooLarge _ -> 413;
                case EdgeRefusal.HeadersTooLarge _ -> 431;
                case EdgeRefusal.UriTooLong _ -> 414;
                default -> 400;
            };
            return Response.json(status, Map.of("error", refusal.code()));
        }

        @Override
        public Response render(Throwable thrown, String requestId) {
            return Response.json(500, Map.of("error", "internal", "request_id", requestId));
        }
    }
}
