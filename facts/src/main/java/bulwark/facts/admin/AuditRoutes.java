package bulwark.facts.admin;

import static bulwark.facts.QuotaDimensions.AUDIT_EXPORT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.facts.PageRows;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.JsonPage;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evidence over the wire: {@code GET /v1/admin/audit}. Thread-safe. */
public final class AuditRoutes {
    private static final int DEFAULT_LIMIT = 200;
    private static final int MAX_LIMIT = 1000;

    private final Store store;
    private final AuditLog audit;

    public AuditRoutes(Store store, AuditLog audit) {
        this.store = store;
        this.audit = audit;
    }

    public List<Route> routes() {
        return List.of(Route.permitted("GET", "/v1/admin/audit", "audit.read", AUDIT_EXPORT, this::page));
    }

    private Response page(Request request) {
        if (request.principal().isLimited()) {
            String message = "the audit log tells of facts of every scope, and this key is limited to "
                    + String.join(", ", request.principal().scopes()) + ": read it with a key without this limit";
            throw new ApiRefusal(FORBIDDEN, "scope_not_granted", message, Map.of("field", "scopes"));
        }
        QueryParameters parameters = QueryParameters.of(request);
        AuditLog.Query query = new AuditLog.Query(
                request.principal().tenant(),
                parameters.instant("since").orElse(null),
                parameters.instant("until").orElse(null),
                parameters.optionalText("principal").orElse(null),
                parameters.optionalText("event_type").orElse(null),
                parameters
                        .optionalWholeNumber("cursor", -Long.MAX_VALUE, Long.MAX_VALUE)
                        .orElse(null),
                (int) parameters.wholeNumber("limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
        parameters.check();
        PageRows rows = new PageRows(request.memory());
        AuditLog.Extent extent = store.read(tx -> audit.extent(tx, query, rows::admit));
        // Found newest first, and told oldest first.
        List<List<Long>> batches = extent.backward() ? rows.batches().reversed() : rows.batches();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("total", extent.total());
        members.put("next_cursor", extent.nextCursor());
        return Response.streamed(200, out -> {
            JsonPage page = new JsonPage(out, "entries");
            for (List<Long> seqs : batches) {
                for (AuditRow row : store.read(tx -> audit.rows(tx, seqs))) {
                    page.item(entry(row));
                }
            }
            page.end(members);
        });
    }

    private static Map<String, @Nullable Object> entry(AuditRow row) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("seq", row.seq());
        entry.put("id", row.id());
        entry.put("event_type", row.type());
        entry.put("entity_uri", row.actor());
        entry.put("oidc_sub", null);
        entry.put("fact_id", row.subject());
        entry.put("source", row.source());
        entry.put("attested_key_id", null);
        entry.put("ts", row.ts());
        entry.put("tenant_id", row.tenant());
        entry.put("detail", row.detail());
        return entry;
    }
}
