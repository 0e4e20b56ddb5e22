package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamGroup;
import bulwark.gateway.route.ApiRoute;

/**
 * What the data plane made of a route.
 *
 * @param counts of its answers
 */
public record RouteTarget(ApiRoute route, UpstreamGroup group, RouteCounts counts) {
    static RouteTarget of(ApiRoute route, UpstreamGroup group) {
        return new RouteTarget(route, group, new RouteCounts(route.id()));
    }
}
