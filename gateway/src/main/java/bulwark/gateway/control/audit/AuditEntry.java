package bulwark.gateway.control.audit;

import bulwark.gateway.control.schema.BodySchema;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One row of the audit log, as answers and exports show it. What proves other rows, such as digests, is not shown. Immutable. */
record AuditEntry(long seq, Map<String, Object> members) {
    static final String COLUMNS = "seq, id, event_type, actor, tenant_id, subject, ts, detail, row_hash";

    static final BodySchema SCHEMA = BodySchema.of("AuditEntry")
            .text("id", 64)
            .time("timestamp")
            .text("tenant_id", 64)
            .text("actor_id", 300)
            .text("action", 100)
            .text("resource_type", 60)
            .text("resource_id", 300)
            .text("resource_name", 300)
            .choice("outcome", "success", "denied")
            .text("method", 20)
            .text("path", 2_000)
            .text("client_ip", 64)
            .text("request_id", 100)
            .text("row_hash", 64)
            .anyObject("details");

    /** As the format's export has them. */
    static final List<String> CSV_COLUMNS = List.of(
            "ID",
            "Timestamp",
            "Tenant",
            "User ID",
            "User Email",
            "Action",
            "Resource Type",
            "Resource ID",
            "Status",
            "Client IP",
            "Request ID",
            "Is Synthetic");

    private static final List<String> OWN_MEMBERS =
            List.of("kind", "id", "name", "method", "path", "remote", "request_id", "row_digests");

    static AuditEntry of(ResultSet row) throws SQLException {
        JsonNode detail = StrictJson.parse(row.getString(8).getBytes(StandardCharsets.UTF_8));
        String subject = row.getString(6) == null ? "" : row.getString(6);
        int slash = subject.indexOf('/');
        String type = row.getString(3);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", row.getString(2));
        members.put("timestamp", row.getString(7));
        members.put("tenant_id", row.getString(5));
        put(members, "actor_id", row.getString(4));
        members.put("action", type);
        put(members, "resource_type", slash < 0 ? null : subject.substring(0, slash));
        put(members, "resource_id", slash < 0 ? null : subject.substring(slash + 1));
        put(members, "resource_name", text(detail, "name"));
        members.put("outcome", AuditFilter.DENIED.contains(type) ? "denied" : "success");
        put(members, "method", text(detail, "method"));
        put(members, "path", text(detail, "path"));
        put(members, "client_ip", text(detail, "remote"));
        put(members, "request_id", text(detail, "request_id"));
        members.put("row_hash", row.getString(9));
        Map<String, Object> rest = new LinkedHashMap<>();
        detail.properties().forEach(member -> {
            if (!OWN_MEMBERS.contains(member.getKey())) {
                rest.put(member.getKey(), member.getValue());
            }
        });
        members.put("details", rest);
        return new AuditEntry(row.getLong(1), members);
    }

    private static @Nullable String text(JsonNode detail, String member) {
        JsonNode node = detail.path(member);
        return node.isString() ? node.stringValue() : null;
    }

    private static void put(Map<String, Object> members, String name, @Nullable String value) {
        if (value != null) {
            members.put(name, value);
        }
    }

    /** No row is ever made up: none is synthetic. The log knows no addresses of people. */
    List<String> csv() {
        List<String> cells = new ArrayList<>();
        for (String member : List.of("id", "timestamp", "tenant_id", "actor_id")) {
            cells.add(cell(member));
        }
        cells.add("");
        for (String member : List.of("action", "resource_type", "resource_id", "outcome", "client_ip", "request_id")) {
            cells.add(cell(member));
        }
        cells.add("false");
        return cells;
    }

    private String cell(String member) {
        Object value = members.get(member);
        return value == null ? "" : String.valueOf(value);
    }
}
