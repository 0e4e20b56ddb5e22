package bulwark.facts.admin;

import bulwark.facts.GivenRequest;
import bulwark.facts.node.FactsSchema;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.evidence.AuditRow;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The admin routes over a real store. */
final class AdminFixture implements AutoCloseable {
    final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    final Store store;
    final ApiKeys keys;
    final AuditLog audit;
    final AdminKeys adminKeys;
    final List<Route> routes;

    AdminFixture(Path directory) {
        store = Store.open(directory.resolve("a.db"), FactsSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        keys = ApiKeys.open(store, clock, Duration.ofDays(90));
        audit = AuditLog.open(store, "fact_audit_log", clock);
        Signing signing = Signing.fastest();
        adminKeys = new AdminKeys(store, keys, audit, signing, clock);
        routes = Stream.of(
                        new KeyRoutes(store, keys, audit, signing, clock).routes(),
                        new AuditRoutes(store, audit).routes(),
                        adminKeys.routes())
                .flatMap(List::stream)
                .toList();
    }

    Route route(String method, String template) {
        return routes.stream()
                .filter(r -> r.method().equals(method) && r.path().equals(template))
                .findFirst()
                .orElseThrow();
    }

    Response call(String template, GivenRequest request) {
        return route(request.method(), template).handler().handle(request);
    }

    Response call(GivenRequest request) {
        return call(request.path(), request);
    }

    static JsonNode json(Response response) {
        return StrictJson.parse(response.body());
    }

    List<AuditRow> evidence() {
        return store.read(tx -> audit.page(tx, new AuditLog.Query("default", null, null, null, null, 0L, 1000)))
                .rows();
    }

    @Override
    public void close() {
        audit.close();
        store.close();
    }
}
