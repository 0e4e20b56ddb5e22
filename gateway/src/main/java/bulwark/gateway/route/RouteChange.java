package bulwark.gateway.route;

import bulwark.gateway.policy.PolicyChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of the routes and their policies, all of it or nothing.
 *
 * @param upserts routes that are new or replace the one of their id
 * @param removals ids; one that is not there is no fault
 */
public record RouteChange(List<ApiRoute> upserts, Set<String> removals, PolicyChange policies) {
    public RouteChange {
        upserts = List.copyOf(upserts);
        removals = Set.copyOf(removals);
    }

    /** Of routes alone. */
    public RouteChange(List<ApiRoute> upserts, Set<String> removals) {
        this(upserts, removals, PolicyChange.NONE);
    }

    /** Of policies alone. */
    public static RouteChange of(PolicyChange policies) {
        return new RouteChange(List.of(), Set.of(), policies);
    }

    public RouteChange with(PolicyChange other) {
        return new RouteChange(upserts, removals, other);
    }

    /** The change after which exactly these routes stand; policies stay as they are. */
    public static RouteChange between(List<ApiRoute> now, List<ApiRoute> wanted) {
        Map<String, ApiRoute> gone = new LinkedHashMap<>();
        now.forEach(route -> gone.put(route.id(), route));
        List<ApiRoute> upserts = new ArrayList<>();
        for (ApiRoute route : wanted) {
            if (!route.equals(gone.remove(route.id()))) {
                upserts.add(route);
            }
        }
        return new RouteChange(upserts, gone.keySet());
    }

    public boolean isEmpty() {
        return upserts.isEmpty() && removals.isEmpty() && policies.isEmpty();
    }

    /** The routes after it, in the order in which they came. */
    List<ApiRoute> applied(List<ApiRoute> before) {
        Map<String, ApiRoute> after = new LinkedHashMap<>();
        before.forEach(route -> after.put(route.id(), route));
        removals.forEach(after::remove);
        upserts.forEach(route -> after.put(route.id(), route));
        return List.copyOf(after.values());
    }
}
