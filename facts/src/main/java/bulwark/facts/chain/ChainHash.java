package bulwark.facts.chain;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.SortedJsonWriter;
import bulwark.kernel.signing.Digests;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The hashes of Stigmem's fact chain and the payload of its checkpoints. */
final class ChainHash {
    static final String CHECKPOINT_KIND = "stigmem.fact_chain_checkpoint";

    private ChainHash() {}

    static String event(Fact fact) {
        String json = new SortedJsonWriter(384
                        + fact.entity().length()
                        + fact.valueV().length()
                        + fact.source().length())
                .text("cid", fact.cid())
                .decimal("confidence", fact.confidence())
                .text("entity", fact.entity())
                .text("fact_id", fact.id())
                .text("relation", fact.relation())
                .text("scope", fact.scope())
                .text("source", fact.source())
                .text("tenant_id", fact.tenant())
                .text("value_type", fact.valueType())
                .text("value_v", fact.valueV())
                .finish();
        return "sha256:" + Digests.sha256Hex(json);
    }

    static String chain(
            long seq, String createdAt, String eventHash, String factId, @Nullable String previous, String tenant) {
        String json = new SortedJsonWriter(384)
                .number("chain_seq", seq)
                .text("created_at", createdAt)
                .text("event_hash", eventHash)
                .text("fact_id", factId)
                .text("previous_hash", previous)
                .text("tenant_id", tenant)
                .finish();
        return "sha256:" + Digests.sha256Hex(json);
    }

    static Map<String, @Nullable Object> checkpoint(String tenant, long covered, String chainHash, String createdAt) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("chain_hash", chainHash);
        payload.put("covered_chain_seq", covered);
        payload.put("created_at", createdAt);
        payload.put("kind", CHECKPOINT_KIND);
        payload.put("tenant_id", tenant);
        payload.put("version", 1);
        return payload;
    }
}
