package bulwark.web;

import bulwark.kernel.tls.ReloadingTls;
import org.jspecify.annotations.Nullable;

/** What all requests of one listener share. Immutable. */
record Listener(
        Service service,
        Router router,
        AllowedHosts hosts,
        EdgeMetrics metrics,
        Load load,
        RequestIds ids,
        @Nullable ReloadingTls tls) {

    static Listener of(Service service, Load load, RequestIds ids, @Nullable ReloadingTls tls) {
        Router.of(service.routes()); // also those that only the local socket serves: a fault in any of them stops the
        // start
        Router router =
                Router.of(service.routes().stream().filter(Route::network).toList());
        return new Listener(
                service,
                router,
                new AllowedHosts(service.hosts()),
                new EdgeMetrics(service.metrics(), service.name(), router.endpoints()),
                load,
                ids,
                tls);
    }

    Service.Limits limits() {
        return service.limits();
    }

    boolean overTls() {
        return tls != null;
    }
}
