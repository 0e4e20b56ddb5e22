package bulwark.gateway.opensearch;

import bulwark.gateway.evidence.RecordedDecision;
import bulwark.kernel.evidence.journal.JournalCursor.NumberedRecord;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decision record as a document. Its id follows from the store, the number and the content of the record: a record that is sent again has the same, and none that took the number of
 * one that a crash lost.
 */
record AuditDocument(String id, byte[] json) {
    private static final int DIGEST_CHARS = 32;

    /** @param gateway id of its store */
    static AuditDocument of(String gateway, NumberedRecord record) {
        String id = id(gateway, record);
        return RecordedDecision.parse(record.number(), record.bytes())
                .map(decision -> new AuditDocument(id, StrictJson.write(document(gateway, id, decision))))
                .orElseGet(() -> raw(gateway, record));
    }

    /** For a record that the index would not take as it is: its text, unread. */
    static AuditDocument raw(String gateway, NumberedRecord record) {
        String id = id(gateway, record);
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("event_id", id);
        document.put("event_type", "unreadable");
        document.put("record_base64", java.util.Base64.getEncoder().encodeToString(record.bytes()));
        document.put("source", source(gateway, record.number()));
        return new AuditDocument(id, StrictJson.write(document));
    }

    private static String id(String gateway, NumberedRecord record) {
        return gateway + "-" + record.number() + "-"
                + Digests.sha256Hex(record.bytes()).substring(0, DIGEST_CHARS);
    }

    private static Map<String, Object> source(String gateway, long number) {
        return Map.of("service", "stoa-gateway", "store", gateway, "number", number);
    }

    private static Map<String, @Nullable Object> document(String gateway, String id, RecordedDecision decision) {
        boolean allowed = decision.text("decision").equals("allow");
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("@timestamp", decision.text("at"));
        document.put("event_id", id);
        document.put("event_type", "api_" + decision.text("kind"));
        document.put("event_category", allowed ? "data_access" : "authorization");
        document.put("severity", allowed ? "info" : "warning");
        document.put("tenant_id", decision.text("tenant"));
        document.put(
                "actor",
                Map.of(
                        "id", decision.text("principal"),
                        "tenant_id", decision.text("tenant"),
                        "credential", decision.text("credential"),
                        "ip_address", decision.text("client")));
        document.put("resource", Map.of("type", "route", "id", decision.text("route")));
        document.put("action", (decision.text("method") + " " + decision.text("path")).strip());
        document.put("outcome", allowed ? "success" : "denied");
        document.put("correlation_id", decision.text("trace"));
        document.put(
                "response", Map.of("status", decision.number("status"), "latency_us", decision.number("duration_us")));
        document.put("source", source(gateway, decision.number()));
        document.put("record", decision.members());
        return document;
    }
}
