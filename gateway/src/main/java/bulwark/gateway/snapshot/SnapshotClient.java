package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The OAuth client of an application, whose tokens open what the application's consumer has subscriptions for.
 *
 * @param client id, claim {@code azp} of its tokens
 * @param consumer whose subscriptions count
 * @param active whether the consumer may call at all
 */
public record SnapshotClient(String client, String consumer, String tenant, boolean active) {
    private static final int MAX_TEXT = 200;

    static SnapshotClient read(JsonFields fields) {
        SnapshotClient client = new SnapshotClient(
                fields.text("client_id", MAX_TEXT),
                fields.text("consumer_id", MAX_TEXT),
                fields.text("tenant_id", MAX_TEXT),
                fields.flag("active", false));
        fields.end();
        return client;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("client_id", client);
        members.put("consumer_id", consumer);
        members.put("tenant_id", tenant);
        members.put("active", active);
        return members;
    }
}
