package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A certificate by which a consumer is known. It opens what the consumer has subscriptions for.
 *
 * @param fingerprint SHA-256 of its DER, hex
 * @param expires its own end, or that of its use
 * @param pinned whether the tenant named it itself; otherwise the tenant's authority signed it
 */
public record SnapshotCertificate(String fingerprint, String consumer, String tenant, Instant expires, boolean pinned) {
    private static final int MAX_TEXT = 200;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    static SnapshotCertificate read(JsonFields fields) {
        SnapshotCertificate certificate = new SnapshotCertificate(
                fields.text("fingerprint", 64, text -> DIGEST.matcher(text).matches(), "must be a SHA-256 in hex"),
                fields.text("consumer_id", MAX_TEXT),
                fields.text("tenant_id", MAX_TEXT),
                SnapshotTime.read(fields, "expires_at", fields.text("expires_at", 40)),
                fields.flag("pinned", false));
        fields.end();
        return certificate;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("fingerprint", fingerprint);
        members.put("consumer_id", consumer);
        members.put("tenant_id", tenant);
        members.put("expires_at", expires.toString());
        if (pinned) {
            members.put("pinned", true);
        }
        return members;
    }
}
