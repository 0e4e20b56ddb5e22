package bulwark.facts.identity;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a rotation tells its owner. Its JSON form holds the new seed: it goes over the owner's socket only.
 *
 * @param dualTrust end of the old key's window, Zulu form
 * @param backend {@code local}, {@code rekor} or {@code off}
 * @param manifestIndex place in the transparency log, or null while it has none
 * @param rotationIndex place in the transparency log, or null while it has none
 * @param seed text of the new private key, base64url; stays in the node after a dry run
 */
public record RotationResult(
        KeyKind kind,
        boolean dryRun,
        String oldKeyId,
        String newKeyId,
        String dualTrust,
        String backend,
        @Nullable Long manifestIndex,
        @Nullable Long rotationIndex,
        SecretBytes seed) {

    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", kind.wire());
        members.put("dry_run", dryRun);
        members.put("old_key_id", oldKeyId);
        members.put("new_key_id", newKeyId);
        members.put("dual_trust_expires_at", dualTrust);
        members.put("tl_backend", backend);
        members.put("manifest_log_index", manifestIndex);
        members.put("rotation_log_index", rotationIndex);
        members.put("variable", kind.variable());
        if (!dryRun) {
            members.put("seed", seed.exposeText(SecretAccess.grant()));
        }
        return members;
    }

    /** The other way, on the command's side. */
    public static RotationResult of(JsonNode json) {
        return new RotationResult(
                KeyKind.of(json.path("kind").stringValue("")).orElseThrow(),
                json.path("dry_run").booleanValue(false),
                json.path("old_key_id").stringValue(""),
                json.path("new_key_id").stringValue(""),
                json.path("dual_trust_expires_at").stringValue(""),
                json.path("tl_backend").stringValue(""),
                index(json.path("manifest_log_index")),
                index(json.path("rotation_log_index")),
                SecretBytes.ofText(json.path("seed").stringValue("")));
    }

    private static @Nullable Long index(JsonNode node) {
        return node.isIntegralNumber() ? (Long) node.longValue() : null;
    }
}
