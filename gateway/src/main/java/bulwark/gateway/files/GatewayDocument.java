package bulwark.gateway.files;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All routes and policies of one gateway, as files or as the admin API tells them. */
public record GatewayDocument(List<ApiRoute> routes, List<ApiPolicy> policies) {
    public GatewayDocument {
        routes = List.copyOf(routes);
        policies = List.copyOf(policies);
    }

    public boolean isEmpty() {
        return routes.isEmpty() && policies.isEmpty();
    }

    /** Members of {@code POST /admin/apis/apply}. */
    public Map<String, Object> fields() {
        return Map.of(
                "routes", routes.stream().map(RouteJson::fields).toList(),
                "policies", policies.stream().map(PolicyJson::fields).toList());
    }

    /** Fields of each by what people call it: a route by its id, a policy by {@code policy} and its id. */
    Map<String, Map<String, Object>> byName() {
        Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
        routes.forEach(route -> byName.put(route.id(), RouteJson.fields(route)));
        policies.forEach(policy -> byName.put("policy " + policy.id(), PolicyJson.fields(policy)));
        return byName;
    }

    /** {@code 3 routes and 1 policy}. */
    public String count() {
        String ofRoutes = routes.size() + (routes.size() == 1 ? " route" : " routes");
        return policies.isEmpty()
                ? ofRoutes
                : ofRoutes + " and " + policies.size() + (policies.size() == 1 ? " policy" : " policies");
    }
}
