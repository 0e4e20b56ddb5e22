package bulwark.gateway.control.audit;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.PageRequest;
import bulwark.gateway.evidence.SafeCsv;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.Response;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** {@code /v1/audit/{tenant}}. */
public final class AuditResource {
    private static final String TABLE = ControlStore.AUDIT_TABLE;
    private static final int MAX_EXPORTED = 50_000;
    private static final int DEFAULT_EXPORTED = 10_000;
    private static final int EXPORT_PIECE = 1_000;
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);
    private static final BodySchema PAGE = BodySchema.of("AuditPage")
            .objects("entries", PageRequest.MAX_SIZE, AuditEntry.SCHEMA)
            .number("total", 0, Long.MAX_VALUE)
            .number("page", 1, Integer.MAX_VALUE)
            .number("page_size", 1, PageRequest.MAX_SIZE)
            .flag("has_more");
    private static final BodySchema ACTION =
            BodySchema.of("AuditActionCount").text("action", 100).number("count", 0, Long.MAX_VALUE);
    private static final BodySchema ACTIONS = BodySchema.of("AuditActions").objects("actions", 500, ACTION);
    private static final BodySchema EXPORT = BodySchema.of("AuditExport")
            .text("tenant_id", 64)
            .time("exported_at")
            .objects("entries", MAX_EXPORTED, AuditEntry.SCHEMA);
    private static final BodySchema VERDICT = BodySchema.of("AuditVerdict")
            .flag("verified")
            .number("entries", 0, Long.MAX_VALUE)
            .number("chain_length", 0, Long.MAX_VALUE)
            .text("head_hash", 64)
            .texts("problems", 100);

    private final ControlStore store;
    /** A walk over the whole chain costs the same for one caller as for many. */
    private final ReentrantLock verifying = new ReentrantLock();

    public AuditResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/audit/{tenant}";
        return List.of(
                AuditFilter.declare(ControlOperation.permitted(
                                "GET", all, Permission.AUDIT_READ, "List the audit entries of a tenant, newest first."))
                        .number("page", 1, PageRequest.MAX_PAGE)
                        .number("page_size", 1, PageRequest.MAX_SIZE)
                        .answers(200, PAGE)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "GET",
                                all + "/actions",
                                Permission.AUDIT_READ,
                                "Count the audit entries of a tenant by action.")
                        .answers(200, ACTIONS)
                        .handledBy(this::actions),
                AuditFilter.declare(ControlOperation.permitted(
                                "GET",
                                all + "/export/csv",
                                Permission.AUDIT_EXPORT,
                                "Export audit entries for spreadsheets."))
                        .number("limit", 1, MAX_EXPORTED)
                        .answersText("text/csv")
                        .handledBy(this::csv),
                AuditFilter.declare(ControlOperation.permitted(
                                "GET", all + "/export/json", Permission.AUDIT_EXPORT, "Export audit entries as JSON."))
                        .number("limit", 1, MAX_EXPORTED)
                        .answers(200, EXPORT)
                        .handledBy(this::json),
                ControlOperation.permitted(
                                "GET",
                                all + "/security",
                                Permission.AUDIT_EXPORT,
                                "List who was refused what in a tenant, newest first.")
                        .number("page", 1, PageRequest.MAX_PAGE)
                        .number("page_size", 1, PageRequest.MAX_SIZE)
                        .answers(200, PAGE)
                        .handledBy(call -> page(call, (tenant, redaction) -> AuditFilter.denied(tenant))),
                ControlOperation.permitted(
                                "GET",
                                all + "/verify",
                                Permission.AUDIT_READ,
                                "Check the hash chain that a tenant's entries stand in.")
                        .answers(200, VERDICT)
                        .handledBy(this::verify));
    }

    private Response list(ControlCall call) {
        return page(call, (tenant, redaction) -> AuditFilter.of(tenant, call, redaction.erased()));
    }

    /** Which entries. */
    private interface EntryChoice {
        AuditFilter of(String tenant, Redaction redaction);
    }

    private Response page(ControlCall call, EntryChoice choice) {
        PageRequest page = call.page();
        Redaction redaction = Redaction.of(store);
        Map<String, Object> answer = store.readAudit(call.scope(), (tx, tenant) -> {
            AuditFilter filter = choice.of(tenant, redaction);
            long total = count(tx, filter);
            long offset = (long) (page.page() - 1) * page.size();
            List<AuditEntry> entries = entries(tx, filter, page.size(), offset).stream()
                    .map(redaction::apply)
                    .toList();
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("entries", entries.stream().map(AuditEntry::members).toList());
            members.put("total", total);
            members.put("page", page.page());
            members.put("page_size", page.size());
            members.put("has_more", offset + entries.size() < total);
            return members;
        });
        return Response.json(200, answer);
    }

    private static long count(ReadTx tx, AuditFilter filter) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM " + TABLE + " WHERE " + filter.where());
        bind(select, filter);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static List<AuditEntry> entries(ReadTx tx, AuditFilter filter, int limit, long offset) throws SQLException {
        PreparedStatement select = tx.statement("SELECT " + AuditEntry.COLUMNS + " FROM " + TABLE + " WHERE "
                + filter.where() + " ORDER BY seq DESC LIMIT ? OFFSET ?");
        int next = bind(select, filter);
        select.setInt(next, limit);
        select.setLong(next + 1, offset);
        return rows(select);
    }

    private static List<AuditEntry> before(ReadTx tx, AuditFilter filter, int limit, long seq) throws SQLException {
        PreparedStatement select = tx.statement("SELECT " + AuditEntry.COLUMNS + " FROM " + TABLE + " WHERE "
                + filter.where() + " AND seq < ? ORDER BY seq DESC LIMIT ?");
        int next = bind(select, filter);
        select.setLong(next, seq);
        select.setInt(next + 1, limit);
        return rows(select);
    }

    private static List<AuditEntry> rows(PreparedStatement select) throws SQLException {
        List<AuditEntry> entries = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                entries.add(AuditEntry.of(row));
            }
        }
        return entries;
    }

    private static int bind(PreparedStatement select, AuditFilter filter) throws SQLException {
        int next = 1;
        for (String value : filter.values()) {
            select.setString(next++, value);
        }
        return next;
    }

    private Response actions(ControlCall call) {
        List<Map<String, Object>> actions = store.readAudit(call.scope(), (tx, tenant) -> {
            PreparedStatement select = tx.statement("SELECT event_type, count(*) FROM " + TABLE
                    + " WHERE tenant_id = ? GROUP BY event_type ORDER BY event_type");
            select.setString(1, tenant);
            List<Map<String, Object>> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(Map.of("action", row.getString(1), "count", row.getLong(2)));
                }
            }
            return found;
        });
        return Response.json(200, Map.of("actions", actions));
    }

    /** Writes one entry of an export. */
    private interface EntryWriter {
        void write(AuditEntry entry) throws java.io.IOException;
    }

    /** Piece by piece, so that no transaction waits for a slow reader. */
    private void export(ControlCall call, EntryWriter writer) throws java.io.IOException {
        Redaction redaction = Redaction.of(store);
        long left = call.queryNumber("limit", DEFAULT_EXPORTED);
        long seq = Long.MAX_VALUE;
        while (left > 0) {
            long from = seq;
            int piece = (int) Math.min(EXPORT_PIECE, left);
            List<AuditEntry> entries = store.readAudit(
                    call.scope(),
                    (tx, tenant) -> before(tx, AuditFilter.of(tenant, call, redaction.erased()), piece, from));
            for (AuditEntry entry : entries) {
                writer.write(redaction.apply(entry));
                seq = entry.seq();
            }
            left = entries.size() < piece ? 0 : left - entries.size();
        }
    }

    private Response csv(ControlCall call) {
        String file = "audit_" + call.scope().tenant() + "_"
                + DAY.format(store.clock().instant()) + ".csv";
        Response streamed = Response.streamed(200, out -> {
            write(out, SafeCsv.row(AuditEntry.CSV_COLUMNS));
            export(call, entry -> write(out, SafeCsv.row(entry.csv())));
        });
        return new Response(200, "text/csv; charset=utf-8", streamed.body(), streamed.headers(), streamed.writer())
                .with("Content-Disposition", "attachment; filename=\"" + file + "\"");
    }

    private Response json(ControlCall call) {
        return Response.streamed(200, out -> {
            write(
                    out,
                    "{\"tenant_id\":" + StrictJson.text(call.scope().tenant()) + ",\"exported_at\":"
                            + StrictJson.text(store.clock().instant().toString()) + ",\"entries\":[");
            boolean[] first = {true};
            export(call, entry -> {
                write(out, (first[0] ? "" : ",") + StrictJson.text(entry.members()));
                first[0] = false;
            });
            write(out, "]}");
        });
    }

    private static void write(OutputStream out, String text) throws java.io.IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The entries of all tenants stand in one chain; its hashes tell nothing of what the others' entries hold. */
    private Response verify(ControlCall call) {
        verifying.lock();
        try {
            List<String> problems = new ArrayList<>();
            String problem = store.audited().problem();
            if (problem != null) {
                problems.add(problem);
            }
            Map<String, Object> verdict = store.readAudit(call.scope(), (tx, tenant) -> {
                problems.addAll(store.audited().audit().fsck(tx));
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("verified", problems.isEmpty());
                members.put("entries", count(tx, new AuditFilter("tenant_id = ?", List.of(tenant))));
                store.audited().audit().head(tx).ifPresent(head -> {
                    members.put("chain_length", head.seq());
                    members.put("head_hash", head.hash());
                });
                members.put("problems", problems);
                return members;
            });
            return Response.json(200, verdict);
        } finally {
            verifying.unlock();
        }
    }
}
