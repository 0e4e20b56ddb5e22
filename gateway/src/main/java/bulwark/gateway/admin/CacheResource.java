package bulwark.gateway.admin;

import bulwark.gateway.enforcement.ResponseCache;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /admin/cache}: the answers that policies of the type caching keep. */
final class CacheResource {
    private final ResponseCache cache;
    private final AdminEvidence evidence;

    CacheResource(ResponseCache cache, AdminEvidence evidence) {
        this.cache = cache;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/cache/stats", this::stats),
                evidence.act("POST", "/admin/cache/clear", this::clear));
    }

    private Response stats(Request request) {
        ResponseCache.Stats stats = cache.stats();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("hits", stats.hits());
        fields.put("misses", stats.misses());
        fields.put("stores", stats.stores());
        fields.put("evictions", stats.evictions());
        fields.put("entries", stats.entries());
        fields.put("bytes", stats.bytes());
        fields.put("max_bytes", stats.maxBytes());
        return Response.json(200, fields);
    }

    private Response clear(Request request) {
        return Response.json(200, Map.of("status", "ok", "removed", cache.clear()));
    }
}
