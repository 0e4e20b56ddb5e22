package bulwark.gateway.control.api;

import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RouteTls;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The route by which gateways serve an API. Its prefix begins with the tenant's own, so that no tenant can take or probe the paths of another. */
public final class ApiRouteForm {
    private static final String FIRST = "/apis/";

    private ApiRouteForm() {}

    public static String defaultPrefix(String tenant, String name) {
        return FIRST + tenant + "/" + name;
    }

    /** @throws BodyRefused with the fields that no route may have */
    public static ApiRoute checked(String tenant, String name, Map<String, Object> fields) {
        String own = FIRST + tenant + "/";
        if (!String.valueOf(fields.get("path_prefix")).startsWith(own)) {
            throw new BodyRefused(List.of("path_prefix must begin with " + own));
        }
        try {
            ApiRoute route = RouteJson.parse(StrictJson.write(members(tenant, name, name, fields)));
            if (!route.upstreamTls().isWithin(tenant)) {
                throw new BodyRefused(List.of(RouteTls.FIELD + " must name files of the folder " + tenant + "/ alone"));
            }
            return route;
        } catch (RoutesRefused e) {
            throw new BodyRefused(e.sentences());
        }
    }

    private static Map<String, Object> of(ControlObject api) {
        return members(api.tenant(), id(api), api.name(), api.fields());
    }

    /** The route itself. */
    public static ApiRoute route(ControlObject api) {
        return RouteJson.parse(StrictJson.write(of(api)));
    }

    /** Of the route; unlike an id that somebody typed into a gateway. */
    public static String id(ControlObject api) {
        return "cp." + api.tenant() + "." + api.name();
    }

    private static Map<String, Object> members(String tenant, String id, String name, Map<String, Object> fields) {
        Map<String, Object> route = new LinkedHashMap<>();
        route.put("id", id);
        route.put("name", fields.getOrDefault("display_name", name));
        route.put("tenant_id", tenant);
        route.put("path_prefix", fields.get("path_prefix"));
        route.put("backend_url", fields.get("backend_url"));
        route.put("methods", fields.getOrDefault("methods", List.of()));
        if (fields.get(RouteTls.FIELD) instanceof Map<?, ?> tls && !tls.isEmpty()) {
            route.put(RouteTls.FIELD, tls);
        }
        return route;
    }
}
