package bulwark.kernel.evidence.heads;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a leaf of kind {@code bulwark.log_key} says: a new log key, introduced by the one before it, or one that is trusted no more.
 *
 * @param keyId the key that the leaf is about, not the one that signs it
 * @param publicKey base64url without padding; only of a new key
 * @param reason only of a distrusted key
 */
public record LogKeyChange(String action, String keyId, String publicKey, String reason) {
    private static final String INTRODUCED = "introduced";
    private static final String DISTRUSTED = "distrusted";

    public static LogKeyChange introduces(KeyEntry key) {
        return new LogKeyChange(INTRODUCED, key.id(), Base64Url.text(key.publicKey()), "");
    }

    public static LogKeyChange distrusts(String keyId, String reason) {
        return new LogKeyChange(DISTRUSTED, keyId, "", reason);
    }

    public boolean introduces() {
        return action.equals(INTRODUCED);
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("action", action);
        members.put("key_id", keyId);
        if (introduces()) {
            members.put("public_key", publicKey);
        } else {
            members.put("reason", reason);
        }
        return members;
    }

    /** @throws IllegalArgumentException when a member is missing; one too many is the matter of the leaf's own hash */
    static LogKeyChange parse(@Nullable Object value) {
        if (value instanceof Map<?, ?> members
                && members.get("action") instanceof String action
                && members.get("key_id") instanceof String keyId) {
            boolean introduces = action.equals(INTRODUCED);
            if ((introduces || action.equals(DISTRUSTED))
                    && members.get(introduces ? "public_key" : "reason") instanceof String text) {
                return new LogKeyChange(action, keyId, introduces ? text : "", introduces ? "" : text);
            }
        }
        throw new IllegalArgumentException("no change of a log key");
    }
}
