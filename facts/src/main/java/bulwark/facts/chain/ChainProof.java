package bulwark.facts.chain;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code Stigmem-Verify: full}: how much was verified and what the head is.
 *
 * @param checkpoint the anchored checkpoint of exactly this head, else null
 * @param lastCheckpoint the newest anchored checkpoint when it covers less than the head
 */
public record ChainProof(
        String tenant,
        long checkedEntries,
        @Nullable String headHash,
        @Nullable Map<String, @Nullable Object> checkpoint,
        @Nullable Map<String, @Nullable Object> lastCheckpoint) {

    public ChainProof(
            String tenant,
            long checkedEntries,
            @Nullable String headHash,
            @Nullable Map<String, @Nullable Object> checkpoint) {
        this(tenant, checkedEntries, headHash, checkpoint, null);
    }

    /** Members in Stigmem's order; {@code last_checkpoint} only where {@code checkpoint} is null and there is one. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("tenant_id", tenant);
        json.put("checked_entries", checkedEntries);
        json.put("head_hash", headHash);
        json.put("checkpoint", checkpoint);
        if (checkpoint == null && lastCheckpoint != null) {
            json.put("last_checkpoint", lastCheckpoint);
        }
        return json;
    }
}
