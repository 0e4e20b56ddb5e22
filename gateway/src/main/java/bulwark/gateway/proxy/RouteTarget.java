package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamGroup;
import bulwark.gateway.call.CallPolicies;
import bulwark.gateway.route.ApiRoute;

/**
 * What the data plane made of a route.
 *
 * @param counts of its answers
 * @param upstreamCounts of those of its upstreams
 */
public record RouteTarget(
        ApiRoute route, UpstreamGroup group, RouteCounts counts, UpstreamCounts upstreamCounts, CallPolicies policies) {
    static RouteTarget of(ApiRoute route, UpstreamGroup group, CallPolicies policies) {
        return new RouteTarget(route, group, new RouteCounts(route.id()), new UpstreamCounts(), policies);
    }

    /** The same, and what was counted goes on. */
    RouteTarget with(CallPolicies next) {
        return new RouteTarget(route, group, counts, upstreamCounts, next);
    }
}
