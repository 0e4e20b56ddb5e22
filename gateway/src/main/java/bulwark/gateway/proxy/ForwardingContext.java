package bulwark.gateway.proxy;

import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.RoutePublisher;
import bulwark.gateway.route.RouteTable;
import bulwark.kernel.network.AddressGuard;
import java.util.Collection;
import javax.net.ssl.SSLContext;

/**
 * Where calls go. Thread-safe.
 *
 * @param routes that requests are matched against; see {@link #publish}
 * @param guard judges every address before a connection
 * @param upstreamTls trusts the servers of {@code https} upstreams and checks their names, as the trust managers of the JDK do
 */
public record ForwardingContext(
        CurrentRoutes<RouteTarget> routes,
        UpstreamDirectory upstreams,
        RetryBudget retryBudget,
        AddressGuard guard,
        SSLContext upstreamTls)
        implements RoutePublisher {
    /** The table that the data plane uses of these routes; routes that stay the same keep what they count. @throws bulwark.gateway.route.RoutesRefused as {@link RouteTable#of} */
    public RouteTable<RouteTarget> compile(Collection<ApiRoute> all) {
        return routes.table().replacedBy(all, route -> RouteTarget.of(route, upstreams.group(route)));
    }

    @Override
    public Runnable prepare(long generation, Collection<ApiRoute> all) {
        RouteTable<RouteTarget> table = compile(all);
        return () -> {
            if (routes.publish(generation, table)) {
                upstreams.retain(all);
            }
        };
    }

    /** Takes the place of the former routes unless those are of a later generation. @return whether it does */
    public boolean publish(long generation, Collection<ApiRoute> all) {
        boolean published = routes.publish(generation, compile(all));
        if (published) {
            upstreams.retain(all);
        }
        return published;
    }
}
