package bulwark.gateway.control.audit;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.kernel.time.Timestamps;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of one query of the audit log, which always names its tenant. Immutable.
 *
 * @param where after {@code WHERE}
 * @param values of its parameters, in order
 */
record AuditFilter(String where, List<String> values) {
    /** Events that say that somebody was refused. */
    static final List<String> DENIED =
            List.of("access_refused", "request_refused", "authentication_failed", "quota_breach", "peer_refused");

    static final String IS_DENIED = "event_type IN ('" + String.join("', '", DENIED) + "')";

    AuditFilter {
        values = List.copyOf(values);
    }

    /** @param erased whom no search finds by name */
    static AuditFilter of(String tenant, ControlCall call, List<String> erased) {
        StringBuilder where = new StringBuilder("tenant_id = ?");
        List<String> values = new ArrayList<>(List.of(tenant));
        call.query("action").ifPresent(action -> {
            where.append(" AND event_type = ?");
            values.add(action);
        });
        call.query("status")
                .ifPresent(status -> where.append(status.equals("denied") ? " AND " : " AND NOT ")
                        .append(IS_DENIED));
        call.query("resource_type").ifPresent(type -> {
            where.append(" AND subject LIKE ? ESCAPE '!'");
            values.add(escaped(type) + "/%");
        });
        call.queryTime("start_date").ifPresent(start -> {
            where.append(" AND ts >= ?");
            values.add(Timestamps.offset(start));
        });
        call.queryTime("end_date").ifPresent(end -> {
            where.append(" AND ts <= ?");
            values.add(Timestamps.offset(end));
        });
        call.query("search").ifPresent(text -> {
            where.append(" AND (event_type LIKE ? ESCAPE '!' OR subject LIKE ? ESCAPE '!' OR (actor LIKE ? ESCAPE '!'")
                    .append(erased.isEmpty() ? "" : " AND actor NOT IN (?" + ", ?".repeat(erased.size() - 1) + ")")
                    .append("))");
            String pattern = "%" + escaped(text) + "%";
            values.addAll(List.of(pattern, pattern, pattern));
            values.addAll(erased);
        });
        return new AuditFilter(where.toString(), values);
    }

    /** Those that say that somebody was refused. */
    static AuditFilter denied(String tenant) {
        return new AuditFilter("tenant_id = ? AND " + IS_DENIED, List.of(tenant));
    }

    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    /** Declares what {@link #of} reads. */
    static ControlOperation declare(ControlOperation operation) {
        return operation
                .text("action", 100)
                .choice("status", List.of("success", "denied"))
                .text("resource_type", 40)
                .time("start_date")
                .time("end_date")
                .text("search", 200);
    }
}
