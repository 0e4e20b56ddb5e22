package bulwark.facts.chain;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;

import bulwark.web.ApiRefusal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first place where stored facts, journal and chain disagree. @param reason for instance {@code event_hash_mismatch} */
record ChainFinding(String reason, @Nullable String factId, long chainSeq) {
    String sentence() {
        return "fact chain: " + reason + " at position " + chainSeq + (factId == null ? "" : ", fact " + factId);
    }

    ApiRefusal refusal() {
        Map<String, @Nullable Object> more = new LinkedHashMap<>();
        more.put("mismatch_reason", reason);
        more.put("fact_id", factId);
        more.put("chain_seq", chainSeq);
        return new ApiRefusal(CONFLICT, "fact_chain_mismatch", "the fact chain does not verify: run fsck", more);
    }
}
