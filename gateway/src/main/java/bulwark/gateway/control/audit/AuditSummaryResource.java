package bulwark.gateway.control.audit;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the audit log says in numbers, and whether one tenant is kept from another. */
public final class AuditSummaryResource {
    private static final String TABLE = ControlStore.AUDIT_TABLE;
    private static final String TARGET = "target_tenant";
    private static final Duration RECENT = Duration.ofHours(24);
    private static final int MAX_ACTORS = 10;
    private static final int MAX_TENANTS = 10_000;
    private static final BodySchema ACTOR =
            BodySchema.of("AuditActorCount").text("actor_id", 300).number("count", 0, Long.MAX_VALUE);
    private static final BodySchema STATS = BodySchema.of("AuditStats")
            .text("tenant_id", 64)
            .number("total", 0, Long.MAX_VALUE)
            .number("success", 0, Long.MAX_VALUE)
            .number("denied", 0, Long.MAX_VALUE)
            .number("last_24_hours", 0, Long.MAX_VALUE)
            .objects("actors", MAX_ACTORS, ACTOR);
    private static final BodySchema TENANT = BodySchema.of("AuditTenantCount")
            .text("tenant_id", 64)
            .number("total", 0, Long.MAX_VALUE)
            .number("denied", 0, Long.MAX_VALUE);
    private static final BodySchema SUMMARY = BodySchema.of("AuditGlobalSummary")
            .number("total", 0, Long.MAX_VALUE)
            .number("denied", 0, Long.MAX_VALUE)
            .objects("tenants", MAX_TENANTS, TENANT);
    private static final BodySchema ISOLATION = BodySchema.of("IsolationTest")
            .choice("status", "allowed")
            .text("source_tenant", 64)
            .text(TARGET, 64)
            .flag("blocked");

    private final ControlStore store;

    public AuditSummaryResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/audit/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "GET", all + "/stats", Permission.AUDIT_READ, "Count the audit entries of a tenant.")
                        .answers(200, STATS)
                        .handledBy(this::stats),
                ControlOperation.permitted(
                                "GET",
                                all + "/isolation-test",
                                Permission.AUDIT_READ,
                                "Try to reach another tenant as the caller: refused, as every call that would.")
                        .text(TARGET, 64)
                        .answers(200, ISOLATION)
                        .handledBy(this::isolation),
                ControlOperation.permitted(
                                "GET",
                                "/v1/audit/global/summary",
                                Permission.AUDIT_READ,
                                "Count the audit entries of every tenant.")
                        .ofPlatform()
                        .answers(200, SUMMARY)
                        .handledBy(call -> summary()));
    }

    private Response stats(ControlCall call) {
        String since = Timestamps.offset(store.clock().instant().minus(RECENT));
        Redaction redaction = Redaction.of(store);
        Map<String, Object> stats = store.readAudit(call.scope(), (tx, tenant) -> {
            long total = count(tx, "tenant_id = ?", tenant);
            long denied = count(tx, "tenant_id = ? AND " + AuditFilter.IS_DENIED, tenant);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("tenant_id", tenant);
            members.put("total", total);
            members.put("success", total - denied);
            members.put("denied", denied);
            members.put("last_24_hours", count(tx, "tenant_id = ? AND ts >= ?", tenant, since));
            members.put("actors", actors(tx, tenant, redaction));
            return members;
        });
        return Response.json(200, stats);
    }

    private static long count(ReadTx tx, String where, String... values) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM " + TABLE + " WHERE " + where);
        for (int i = 0; i < values.length; i++) {
            select.setString(i + 1, values[i]);
        }
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static List<Map<String, Object>> actors(ReadTx tx, String tenant, Redaction redaction) throws SQLException {
        PreparedStatement select = tx.statement("SELECT actor, count(*) FROM " + TABLE
                + " WHERE tenant_id = ? AND actor IS NOT NULL GROUP BY actor ORDER BY count(*) DESC, actor LIMIT "
                + MAX_ACTORS);
        select.setString(1, tenant);
        List<Map<String, Object>> actors = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Map<String, Object> actor = new LinkedHashMap<>();
                actor.put("actor_id", redaction.actor(row.getString(1)));
                actor.put("count", row.getLong(2));
                actors.add(actor);
            }
        }
        return actors;
    }

    private Response summary() {
        List<Map<String, Object>> tenants = store.audited().store().read(AuditSummaryResource::tenants);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total", sum(tenants, "total"));
        answer.put("denied", sum(tenants, "denied"));
        answer.put("tenants", tenants);
        return Response.json(200, answer);
    }

    private static long sum(List<Map<String, Object>> tenants, String member) {
        return tenants.stream().mapToLong(each -> (Long) each.get(member)).sum();
    }

    private static List<Map<String, Object>> tenants(ReadTx tx) throws SQLException {
        PreparedStatement select = tx.statement("SELECT tenant_id, count(*), sum(CASE WHEN " + AuditFilter.IS_DENIED
                + " THEN 1 ELSE 0 END) FROM " + TABLE + " GROUP BY tenant_id ORDER BY tenant_id LIMIT " + MAX_TENANTS);
        List<Map<String, Object>> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Map<String, Object> tenant = new LinkedHashMap<>();
                tenant.put("tenant_id", row.getString(1));
                tenant.put("total", row.getLong(2));
                tenant.put("denied", row.getLong(3));
                found.add(tenant);
            }
        }
        return found;
    }

    /** By the very right that every other operation needs: it cannot be had for a tenant that the caller does not reach. */
    private Response isolation(ControlCall call) {
        String source = call.scope().tenant();
        String target = call.query(TARGET).orElse(source);
        if (TenantScope.of(call.caller(), target).isEmpty()) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("source_tenant", source);
            members.put(TARGET, target);
            members.put("blocked", true);
            throw new ApiRefusal(
                    ApiRefusal.Kind.FORBIDDEN,
                    "tenant_isolation_violation",
                    "The caller belongs to the tenant " + source + " and reaches no other.",
                    members);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", "allowed");
        answer.put("source_tenant", source);
        answer.put(TARGET, target);
        answer.put("blocked", false);
        return Response.json(200, answer);
    }
}
