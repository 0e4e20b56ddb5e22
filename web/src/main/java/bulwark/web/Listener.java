package bulwark.web;

import bulwark.kernel.quota.Quotas;
import bulwark.kernel.storage.QueryLimit;
import bulwark.kernel.tls.ReloadingTls;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all requests of one listener share. Immutable. */
record Listener(
        Service service,
        Router router,
        AllowedHosts hosts,
        EdgeMetrics metrics,
        ProcessLimits processLimits,
        RequestIds ids,
        Quotas sources,
        Quotas callers,
        QueryLimit queries,
        @Nullable ReloadingTls tls) {

    private static final int OPEN_BURST_SECONDS = 4;

    /** Some tens of millions of rows. */
    private static final long MAX_QUERY_STEPS = 2_000_000_000L;

    static Listener of(Service service, ProcessLimits processLimits, RequestIds ids, @Nullable ReloadingTls tls) {
        Router.of(service.routes()); // also those that only the local socket serves: a fault in any of them stops the
        // start
        Router router =
                Router.of(service.routes().stream().filter(Route::network).toList());
        return new Listener(
                service,
                router,
                new AllowedHosts(service.hosts()),
                new EdgeMetrics(service.metrics(), service.name(), router.endpoints()),
                processLimits,
                ids,
                service.quotas().sibling(openRequests(service.limits().openPerSecond())),
                service.quotas().sibling(limitsOfCallers(service)),
                new QueryLimit(Duration.ofSeconds(service.limits().querySeconds()), MAX_QUERY_STEPS),
                tls);
    }

    private static Map<String, Quotas.Limit> limitsOfCallers(Service service) {
        Map<String, Quotas.Limit> limits = new HashMap<>();
        if (service.sourceLimit() != null) {
            limits.put(Route.BY_SOURCE, service.sourceLimit());
        }
        if (service.failureLimit() != null) {
            limits.put(Route.BY_FAILURE, service.failureLimit());
        }
        return limits;
    }

    /** Everybody behind one proxy shares its address, so this is wide. */
    private static Map<String, Quotas.Limit> openRequests(int perSecond) {
        return perSecond == 0
                ? Map.of()
                : Map.of(Route.BY_SOURCE, new Quotas.Limit((double) OPEN_BURST_SECONDS * perSecond, perSecond));
    }

    Service.Limits limits() {
        return service.limits();
    }

    boolean overTls() {
        return tls != null;
    }
}
