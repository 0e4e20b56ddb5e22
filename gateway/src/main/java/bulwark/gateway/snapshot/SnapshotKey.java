package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key with which a consumer may call one API. The key itself is not in it.
 *
 * @param id of the key, under which its calls are counted
 * @param lookup SHA-256 of the key, hex
 * @param route id of the only route that it opens
 * @param profile security profile of the subscription
 * @param plan name of its plan in the same snapshot
 * @param expires null for none
 */
public record SnapshotKey(
        String id,
        String lookup,
        String subscription,
        String consumer,
        String tenant,
        String route,
        String profile,
        String plan,
        @Nullable Instant expires) {
    private static final int MAX_LENGTH = 200;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    static SnapshotKey read(JsonFields fields) {
        String lookup = fields.text("lookup", 64, text -> DIGEST.matcher(text).matches(), "must be a SHA-256 in hex");
        String expires = fields.optionalText("expires_at", 40);
        SnapshotKey key = new SnapshotKey(
                fields.text("id", MAX_LENGTH),
                lookup,
                fields.text("subscription_id", MAX_LENGTH),
                fields.text("consumer_id", MAX_LENGTH),
                fields.text("tenant_id", MAX_LENGTH),
                fields.text("route_id", MAX_LENGTH),
                fields.text("security_profile", MAX_LENGTH),
                fields.text("plan", MAX_LENGTH),
                expires == null ? null : SnapshotTime.read(fields, "expires_at", expires));
        fields.end();
        return key;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("lookup", lookup);
        members.put("subscription_id", subscription);
        members.put("consumer_id", consumer);
        members.put("tenant_id", tenant);
        members.put("route_id", route);
        members.put("security_profile", profile);
        members.put("plan", plan);
        Optional.ofNullable(expires).ifPresent(end -> members.put("expires_at", end.toString()));
        return members;
    }
}
