package bulwark.gateway.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds routes that cannot stand in one table. */
final class RouteConflicts {
    private RouteConflicts() {}

    /** @throws RoutesRefused with one sentence for each pair */
    static void check(List<ApiRoute> routes) {
        List<String> sentences = new ArrayList<>();
        Map<String, ApiRoute> byId = new HashMap<>();
        Map<String, List<ApiRoute>> byPrefix = new HashMap<>();
        for (ApiRoute route : routes) {
            if (byId.putIfAbsent(route.id(), route) != null) {
                sentences.add("There are two routes with the id " + route.id() + "; keep one.");
            }
            if (route.activated()) {
                List<ApiRoute> siblings = byPrefix.computeIfAbsent(route.pathPrefix(), prefix -> new ArrayList<>());
                siblings.stream().filter(route::overlaps).forEach(other -> sentences.add(overlap(other, route)));
                siblings.add(route);
            }
        }
        if (!sentences.isEmpty()) {
            throw new RoutesRefused(sentences);
        }
    }

    private static String overlap(ApiRoute one, ApiRoute other) {
        return "The routes " + one.id() + " and " + other.id() + " both take requests at " + one.pathPrefix()
                + "; give them different methods, or set activated to false in one.";
    }
}
