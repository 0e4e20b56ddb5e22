package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.api.ApiRouteForm;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.route.ApiRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The routes of APIs, each made once for each revision of its API. For one thread at a time. */
final class PublishedRoutes {
    private Map<String, PublishedRoute> byApi = Map.of();

    private record PublishedRoute(ControlObject api, ApiRoute route) {}

    List<ApiRoute> of(Collection<ControlObject> apis) {
        Map<String, PublishedRoute> next = HashMap.newHashMap(apis.size());
        List<ApiRoute> routes = new ArrayList<>(apis.size());
        for (ControlObject api : apis) {
            PublishedRoute known = byApi.get(api.id());
            PublishedRoute made =
                    known != null && known.api.equals(api) ? known : new PublishedRoute(api, ApiRouteForm.route(api));
            next.put(api.id(), made);
            routes.add(made.route);
        }
        byApi = next;
        return routes;
    }
}
