package bulwark.facts.admin;

import static bulwark.facts.QuotaDimensions.AUDIT_EXPORT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.facts.PageBytes;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.evidence.AuditRow;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
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
        AuditLog.Page page = store.read(tx -> audit.page(tx, query));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        List<AuditRow> rows = fitting(page.rows(), new PageBytes(request.memory()));
        boolean cut = rows.size() < page.rows().size();
        answer.put("entries", rows.stream().map(AuditRoutes::entry).toList());
        answer.put("total", page.total());
        answer.put("next_cursor", cut ? Long.valueOf(rows.getLast().seq()) : page.nextCursor());
        return Response.json(200, answer);
    }

    /** As many rows, from the first, as one answer may hold. */
    private static List<AuditRow> fitting(List<AuditRow> rows, PageBytes bytes) {
        int fit = 0;
        while (fit < rows.size() && bytes.hasRoom()) {
            bytes.add(rows.get(fit++).detail().toString().length());
        }
        return rows.subList(0, fit);
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
