package bulwark.facts.admin;

import bulwark.facts.GivenRequest;
import bulwark.facts.node.NodeComposition;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The routes of a node as the program composes it, with the owner's own. */
final class AdminFixture implements AutoCloseable {
    final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final NodeComposition node;
    final Store store;
    final ApiKeys keys;
    final AuditLog audit;
    final Metrics metrics;
    final AdminKeys adminKeys;
    final List<Route> routes;

    AdminFixture(Path directory) {
        node = NodeComposition.open(Map.of("STIGMEM_TL_BACKEND", "off"), directory.resolve("a.db"), clock);
        store = node.store();
        keys = node.keys();
        audit = node.audit();
        metrics = node.metrics();
        adminKeys = node.adminKeys();
        routes = node.allRoutes();
    }

    Route route(String method, String template) {
        return routes.stream()
                .filter(r -> r.method().equals(method) && r.path().equals(template))
                .findFirst()
                .orElseThrow();
    }

    Response call(String template, GivenRequest request) {
        return route(request.method(), template).handler().handle(request).whole();
    }

    Response call(GivenRequest request) {
        return call(request.path(), request);
    }

    static JsonNode json(Response response) {
        return StrictJson.parse(response.body());
    }

    List<AuditRow> evidence() {
        return store.read(
                        tx -> audit.page(tx, new AuditLog.Query("default", null, null, null, "admin_action", 0L, 1000)))
                .rows();
    }

    @Override
    public void close() {
        node.close();
    }
}
