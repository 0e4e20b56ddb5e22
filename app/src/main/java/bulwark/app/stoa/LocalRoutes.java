package bulwark.app.stoa;

import bulwark.app.up.LocalService;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The routes to the services of the other parts under {@code up}. Each is made once: one that an operator removed stays away, and one that is there is changed only when its service moved
 * to another port.
 *
 * @param made ids of the routes that were ever made, one a line
 */
record LocalRoutes(Path made, List<LocalService> services) {
    void make(AdminConnection gateway) throws IOException, InterruptedException {
        List<String> known = Files.exists(made) ? Files.readAllLines(made) : List.of();
        Map<String, ApiRoute> present =
                gateway.document().routes().stream().collect(Collectors.toMap(ApiRoute::id, Function.identity()));
        for (ApiRoute route : routes()) {
            ApiRoute there = present.get(route.id());
            boolean fresh = there == null && !known.contains(route.id());
            boolean moved = there != null && !there.backendUrl().equals(route.backendUrl());
            if (fresh || moved) {
                gateway.upsert(route);
            }
        }
        List<String> ids = new ArrayList<>(known);
        routes().stream().map(ApiRoute::id).filter(id -> !known.contains(id)).forEach(ids::add);
        if (!ids.equals(known)) {
            OwnerOnlyFiles.write(made, (String.join("\n", ids) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The service's own paths are for anybody, since the service knows its callers itself; the one of its name is for callers whom the gateway knows. */
    private List<ApiRoute> routes() {
        List<ApiRoute> routes = new ArrayList<>();
        for (LocalService service : services) {
            routes.add(route(service, service.name(), "/" + service.name(), service.url(), false));
            for (String path : service.paths()) {
                String id = service.name() + "-" + path.substring(path.lastIndexOf('/') + 1);
                routes.add(route(service, id, path, service.url() + path, true));
            }
        }
        return routes;
    }

    private static ApiRoute route(LocalService service, String id, String prefix, String url, boolean anybody) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("name", service.name() + " of this machine");
        fields.put("path_prefix", prefix);
        fields.put("backend_url", url);
        fields.put("callers", anybody ? "anybody" : "known");
        fields.put("forward_authorization", anybody);
        return RouteJson.parse(StrictJson.write(fields));
    }
}
