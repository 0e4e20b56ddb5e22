package bulwark.gateway.route;

import bulwark.kernel.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Routes for tests. */
final class RouteFixture {
    private RouteFixture() {}

    static ApiRoute route(String id, String prefix, String... methods) {
        return RouteJson.parse(StrictJson.write(fields(id, prefix, methods)));
    }

    static ApiRoute route(String id, String prefix, Map<String, ?> more) {
        Map<String, Object> fields = fields(id, prefix);
        fields.putAll(more);
        return RouteJson.parse(StrictJson.write(fields));
    }

    static Map<String, Object> fields(String id, String prefix, String... methods) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("path_prefix", prefix);
        fields.put("backend_url", "https://api.example.com/v1");
        fields.put("methods", List.of(methods));
        return fields;
    }
}
