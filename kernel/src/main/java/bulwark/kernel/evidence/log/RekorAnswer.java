package bulwark.kernel.evidence.log;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One entry as a Rekor service answers it.
 *
 * @param uuid the service's name of the entry
 * @param body base64 of what the service keeps
 * @param entry the whole answer behind the name
 */
record RekorAnswer(String uuid, String body, String logId, long logIndex, long integratedTime, JsonNode entry) {
    /** @return null when it is not exactly one entry with its members @throws StrictJson.JsonRefused when it is no JSON */
    static @Nullable RekorAnswer parse(byte[] json) {
        JsonNode answer = StrictJson.parse(json);
        if (!answer.isObject() || answer.size() != 1) {
            return null;
        }
        Map.Entry<String, JsonNode> only = answer.properties().iterator().next();
        return of(only.getKey(), only.getValue());
    }

    /** @return null when members are missing */
    static @Nullable RekorAnswer of(String uuid, JsonNode entry) {
        JsonNode body = entry.path("body");
        JsonNode logId = entry.path("logID");
        long index = entry.path("logIndex").longValue(-1);
        long time = entry.path("integratedTime").longValue(-1);
        return body.isString() && logId.isString() && index >= 0 && time >= 0
                ? new RekorAnswer(uuid, body.stringValue(), logId.stringValue(), index, time, entry)
                : null;
    }

    JsonNode proof() {
        return entry.path("verification").path("inclusionProof");
    }

    /** The tree of the inclusion proof as the service signed it; null when the answer holds none. */
    @Nullable
    RekorCheckpoint checkpoint() {
        return RekorCheckpoint.parse(proof().path("checkpoint").stringValue(""));
    }

    /** Why this is not what the service vouches for, as the end of a sentence that begins with the entry; null when it is. */
    @Nullable
    String fault(RekorKeys keys) {
        if (!RekorProof.proves(body, proof())) {
            return "does not lie in the tree that the service shows with it";
        }
        if (!keys.areKnown()) {
            return null;
        }
        if (!isTimestampSignedBy(keys)) {
            return "has a signedEntryTimestamp that no key in " + keys + " made";
        }
        RekorCheckpoint tree = checkpoint();
        if (tree == null || !tree.isSignedBy(keys)) {
            return "is shown in a tree whose checkpoint no key in " + keys + " signed";
        }
        return RekorProof.isOf(proof(), tree) ? null : "has an inclusion proof for another tree than its checkpoint's";
    }

    /** The service signs body, time, log and index as canonical JSON when it takes an entry. */
    private boolean isTimestampSignedBy(RekorKeys keys) {
        String signature =
                entry.path("verification").path("signedEntryTimestamp").stringValue("");
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("body", body);
        signed.put("integratedTime", integratedTime);
        signed.put("logID", logId);
        signed.put("logIndex", logIndex);
        try {
            return keys.verify(
                    logId, CanonicalJson.bytes(signed), Base64.getDecoder().decode(signature));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
