package bulwark.web;

import bulwark.kernel.metrics.Metrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators and their probes ask of any process: open, and nothing secret in it. */
public final class OpsRoutes {
    private OpsRoutes() {}

    /** {@code /metrics}, {@code /healthz} and {@code /readyz}; the latter answer 503 with the reason when something is wrong. */
    public static List<Route> of(Metrics metrics, Supplier<Health> health) {
        return List.of(
                metrics(metrics),
                Route.open(
                        "GET",
                        "/healthz",
                        request -> answer(health.get().withThreads().trouble())),
                Route.open("GET", "/readyz", request -> {
                    Health now = health.get().withThreads();
                    return answer(now.trouble() != null ? now.trouble() : now.unready());
                }));
    }

    /** {@code /metrics} in the Prometheus text format; one scrape at a time, so that many together do not take the processor from everything else. */
    public static Route metrics(Metrics metrics) {
        ReentrantLock scraping = new ReentrantLock();
        return Route.open("GET", "/metrics", request -> {
            scraping.lock();
            try {
                return Response.text(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
            } finally {
                scraping.unlock();
            }
        });
    }

    private static Response answer(@Nullable String trouble) {
        return trouble == null
                ? Response.json(200, Map.of("status", "ok"))
                : Response.json(503, Map.of("status", "error", "reason", trouble));
    }
}
