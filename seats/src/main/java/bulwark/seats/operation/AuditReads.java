package bulwark.seats.operation;

import static bulwark.seats.route.FieldRule.number;
import static bulwark.seats.route.FieldRule.text;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.json.RawJson;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole audit log, for administrators alone. */
public final class AuditReads {
    private static final int EXPORT_PAGE = 500;
    private static final int MAX_EXPORT = 10_000;

    private final SeatStore store;

    public AuditReads(SeatStore store) {
        this.store = store;
    }

    public List<SeatRoute> routes() {
        RequestRules filters = RequestRules.query(
                text("actor", 1, 200).optional(),
                text("action", 1, 100).optional(),
                number("limit", 1, 500),
                number("after", 0, 999_999_999));
        return List.of(
                SeatRoute.reads(
                        "/v1/audit-logs",
                        "Audit rows, newest first unless after is given",
                        Roles.ADMIN,
                        filters,
                        this::list),
                SeatRoute.reads(
                        "/v1/audit-logs/export",
                        "The oldest " + MAX_EXPORT
                                + " audit rows behind a position as NDJSON, then the head of the chain",
                        Roles.ADMIN,
                        RequestRules.query(number("after", 0, 999_999_999)),
                        this::export),
                SeatRoute.reads(
                        "/v1/audit-logs/{id}",
                        "One audit row by its position",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        this::read));
    }

    private Response list(Call call) {
        Long cursor = call.parameter("after").map(Long::valueOf).orElse(null);
        AuditLog.Query query = new AuditLog.Query(
                null,
                null,
                null,
                call.parameter("actor").orElse(null),
                call.parameter("action").orElse(null),
                cursor,
                (int) call.number("limit", 100));
        AuditLog audit = store.audited().audit();
        AuditLog.Page page = store.read(tx -> audit.page(tx, query));
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("items", page.rows().stream().map(AuditReads::json).toList());
        body.put("total", page.total());
        body.put("next", page.nextCursor());
        return Response.json(200, body);
    }

    private Response read(Call call) {
        String id = call.request().pathParameter("id");
        AuditLog audit = store.audited().audit();
        List<AuditRow> rows = id.matches("[1-9][0-9]{0,17}")
                ? store.read(tx -> audit.rows(tx, List.of(Long.valueOf(id))))
                : List.of();
        if (rows.isEmpty()) {
            throw new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no audit row at this position.");
        }
        return Response.json(200, json(rows.getFirst()));
    }

    private Response export(Call call) {
        AuditLog audit = store.audited().audit();
        StringBuilder lines = new StringBuilder();
        Long after = call.number("after", 0);
        for (int written = 0; after != null && written < MAX_EXPORT; written += EXPORT_PAGE) {
            AuditLog.Query query = new AuditLog.Query(null, null, null, null, null, after, EXPORT_PAGE);
            AuditLog.Page page = store.read(tx -> audit.page(tx, query));
            page.rows().forEach(row -> lines.append(StrictJson.text(json(row))).append('\n'));
            after = page.nextCursor();
        }
        store.read(audit::head)
                .ifPresent(head -> lines.append(StrictJson.text(Map.of("head", head.seq(), "hash", head.hash())))
                        .append('\n'));
        return Response.text(200, "application/x-ndjson", lines.toString());
    }

    private static Map<String, @Nullable Object> json(AuditRow row) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("seq", row.seq());
        json.put("id", row.id());
        json.put("action", row.type());
        json.put("actor", row.actor());
        json.put("subject", row.subject());
        json.put("at", row.ts());
        json.put("detail", new RawJson(row.detail()));
        json.put("previousHash", row.previousHash());
        json.put("hash", row.rowHash());
        return json;
    }
}
