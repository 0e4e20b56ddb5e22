package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Ed25519Signer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One committed rotation. Times in Zulu form with six digits. Its log entry follows Stigmem spec-10
 * ({@code KeyRotationLogEntry}).
 */
record KeyRotation(
        KeyKind kind, String entityUri, String oldKeyId, String newKeyId, String rotatedAt, String dualTrustExpiresAt) {
    /** The longest life of a capability token, so no token is valid longer than the key that signed it. */
    static final Duration MIN_DUAL_TRUST = Duration.ofDays(90);

    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", kind.wire());
        members.put("entity_uri", entityUri);
        members.put("old_key_id", oldKeyId);
        members.put("new_key_id", newKeyId);
        members.put("rotated_at", rotatedAt);
        members.put("dual_trust_expires_at", dualTrustExpiresAt);
        return members;
    }

    /** The key under which the rotation to a key goes into the transparency log. */
    static String logKey(String newKeyId) {
        return "rotation:" + newKeyId;
    }

    /** From what {@link #members} wrote. */
    static KeyRotation of(Map<String, @Nullable Object> members) {
        return new KeyRotation(
                KeyKind.of(text(members, "kind")).orElseThrow(),
                text(members, "entity_uri"),
                text(members, "old_key_id"),
                text(members, "new_key_id"),
                text(members, "rotated_at"),
                text(members, "dual_trust_expires_at"));
    }

    private static String text(Map<String, @Nullable Object> members, String name) {
        return String.valueOf(members.get(name));
    }

    /** @param old the key that gives way; it vouches for the place of the new manifest in the log */
    Map<String, @Nullable Object> logEntry(long manifestLogIndex, Ed25519Signer old) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("dual_trust_expires_at", dualTrustExpiresAt);
        members.put("entity_uri", entityUri);
        members.put("event_type", "key_rotation");
        members.put("manifest_log_index", manifestLogIndex);
        members.put("new_key_id", newKeyId);
        members.put("old_key_id", oldKeyId);
        members.put("rotated_at", rotatedAt);
        members.put("rotation_sig", Base64Url.text(old.sign(CanonicalJson.bytes(members))));
        return members;
    }
}
