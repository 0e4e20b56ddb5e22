package bulwark.facts.recall;

import bulwark.facts.chain.ChainProof;
import bulwark.kernel.json.PythonFloat;
import bulwark.kernel.json.StrictJson;
import bulwark.web.RequestMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recall found, and its wire form (Stigmem spec-07), members in that order; {@code nothing_known}, true when no fact
 * came into question, is our addition.
 *
 * @param totalScored candidates that were scored, whatever fitted
 */
record RecallResponse(
        String id,
        String queryHash,
        BudgetPacker.Packed packed,
        int totalScored,
        int tokenBudget,
        @Nullable ChainProof proof) {

    /** Of an item beside its fact, about; and of the answer beside its items. */
    private static final int BESIDE = 300;

    /** @param legacy leaves out {@code content} and {@code instructions}; @param memory pays for the text before it is made */
    byte[] json(boolean legacy, RequestMemory memory) {
        List<ScoredFact> facts = packed.facts();
        int expected = 2 * BESIDE;
        for (ScoredFact scored : facts) {
            expected += (legacy ? 1 : 2) * (scored.fact().length() + BESIDE);
        }
        memory.take(2L * expected);
        ResponseBuffer out = new ResponseBuffer(expected);
        out.ascii("{\"recall_id\":\"" + id + "\",\"query_hash\":\"" + queryHash + "\",\"facts\":[");
        int[] ends = new int[facts.size() + 1];
        ends[0] = out.length();
        for (int i = 0; i < facts.size(); i++) {
            item(out.ascii(i == 0 ? "" : ","), facts.get(i));
            ends[i + 1] = out.length();
        }
        out.ascii("]");
        if (!legacy) {
            channel(out, "content", ends, false);
            channel(out, "instructions", ends, true);
        }
        byte[] rest = StrictJson.write(trailingMembers());
        return out.ascii(",").add(rest, 1, rest.length).toArray();
    }

    /** The items once more, of one kind. */
    private void channel(ResponseBuffer out, String name, int[] ends, boolean instructions) {
        out.ascii(",\"" + name + "\":[");
        int start = out.length();
        for (int i = 0; i + 1 < ends.length; i++) {
            if (packed.facts().get(i).fact().instruction() == instructions) {
                out.ascii(out.length() == start ? "" : ",").repeat(ends[i] + (i == 0 ? 0 : 1), ends[i + 1]);
            }
        }
        out.ascii("]");
    }

    private static void item(ResponseBuffer out, ScoredFact scored) {
        Candidate candidate = scored.candidate();
        String score = PythonFloat.repr(scored.score());
        out.ascii("{\"fact\":").add(scored.fact());
        out.ascii(",\"score\":" + score + ",\"score_breakdown\":{\"lexical\":" + PythonFloat.repr(candidate.lexical())
                + ",\"semantic\":0.0,\"graph\":" + PythonFloat.repr(candidate.graph())
                + ",\"source_trust\":" + PythonFloat.repr(Candidate.SOURCE_TRUST)
                + ",\"recency\":" + PythonFloat.repr(candidate.recency())
                + ",\"weighted_total\":" + score + "},\"hop_distance\":" + candidate.hops()
                + ",\"token_estimate\":" + scored.tokens() + ",\"from_card\":false}");
    }

    private Map<String, @Nullable Object> trailingMembers() {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        rest.put("total_scored", totalScored);
        rest.put("token_budget", tokenBudget);
        rest.put("tokens_used", packed.tokens());
        rest.put("truncated", packed.truncated());
        rest.put("tombstone_notices", List.of());
        rest.put("chain_proof", proof == null ? null : proof.toJson());
        rest.put("nothing_known", totalScored == 0);
        return rest;
    }
}
