package bulwark.gateway.proxy;

import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.call.CallPolicies;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.RouteTable;
import bulwark.kernel.network.AddressGuard;
import java.util.Collection;
import java.util.function.Function;

/**
 * Where calls go. Thread-safe.
 *
 * @param routes that requests are matched against; see {@link #prepare}
 * @param guard judges every address before a connection
 */
public record ForwardingContext(
        CurrentRoutes<RouteTarget> routes, UpstreamDirectory upstreams, RetryBudget retryBudget, AddressGuard guard) {
    /**
     * Makes everything ready, so that nothing can fail any more. Routes that stay the same keep what they count.
     *
     * @param version of the routes and their policies, for records of decisions
     * @param policies of each route
     * @return publishes the routes, unless later ones are published already
     * @throws bulwark.gateway.route.RoutesRefused as {@link RouteTable#of}
     */
    public Runnable prepare(
            long generation, String version, Collection<ApiRoute> all, Function<ApiRoute, CallPolicies> policies) {
        RouteTable<RouteTarget> table = routes.table()
                .replacedBy(
                        all,
                        route -> RouteTarget.of(route, upstreams.group(route), policies.apply(route)),
                        (route, former) -> former.with(policies.apply(route)));
        return () -> {
            if (routes.publish(generation, version, table)) {
                upstreams.retain(all);
            }
        };
    }

    /** Routes without policies take the place of the former ones unless those are of a later generation. */
    public void publish(long generation, Collection<ApiRoute> all) {
        prepare(generation, Long.toString(generation), all, route -> CallPolicies.NONE)
                .run();
    }
}
