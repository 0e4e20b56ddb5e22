package bulwark.facts.recall;

import bulwark.facts.chain.ChainProof;
import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recall found, and its wire form (Stigmem spec-07), members in that order.
 *
 * @param totalScored candidates that were scored, whatever fitted
 */
record RecallAnswer(
        String id,
        String queryHash,
        Packing.Packed packed,
        int totalScored,
        int tokenBudget,
        @Nullable ChainProof proof) {

    private static final byte[] FACT = ascii("{\"fact\":");

    /** @param legacy leaves out {@code content} and {@code instructions} */
    byte[] json(boolean legacy) {
        List<byte[]> all = new ArrayList<>();
        List<byte[]> content = new ArrayList<>();
        List<byte[]> instructions = new ArrayList<>();
        for (Scored scored : packed.facts()) {
            byte[] json = item(scored);
            all.add(json);
            (scored.fact().instruction() ? instructions : content).add(json);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(
                1024 + 2 * all.stream().mapToInt(b -> b.length).sum());
        out.writeBytes(ascii("{\"recall_id\":\"" + id + "\",\"query_hash\":\"" + queryHash + "\",\"facts\":"));
        list(out, all);
        if (!legacy) {
            out.writeBytes(ascii(",\"content\":"));
            list(out, content);
            out.writeBytes(ascii(",\"instructions\":"));
            list(out, instructions);
        }
        byte[] rest = StrictJson.write(rest());
        out.write(',');
        out.write(rest, 1, rest.length - 1);
        return out.toByteArray();
    }

    private Map<String, @Nullable Object> rest() {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        rest.put("total_scored", totalScored);
        rest.put("token_budget", tokenBudget);
        rest.put("tokens_used", packed.tokens());
        rest.put("truncated", packed.truncated());
        rest.put("tombstone_notices", List.of());
        rest.put("chain_proof", proof == null ? null : proof.toJson());
        return rest;
    }

    private static byte[] item(Scored scored) {
        byte[] fact = scored.fact().json();
        byte[] rest = StrictJson.write(score(scored));
        ByteBuffer item = ByteBuffer.allocate(FACT.length + fact.length + rest.length);
        item.put(FACT).put(fact).put((byte) ',').put(rest, 1, rest.length - 1);
        return item.array();
    }

    private static Map<String, @Nullable Object> score(Scored scored) {
        Candidate candidate = scored.candidate();
        Map<String, @Nullable Object> breakdown = new LinkedHashMap<>();
        breakdown.put("lexical", candidate.lexical());
        breakdown.put("semantic", 0.0);
        breakdown.put("graph", candidate.graph());
        breakdown.put("source_trust", Candidate.SOURCE_TRUST);
        breakdown.put("recency", candidate.recency());
        breakdown.put("weighted_total", scored.score());
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("score", scored.score());
        item.put("score_breakdown", breakdown);
        item.put("hop_distance", candidate.hops());
        item.put("token_estimate", scored.tokens());
        item.put("from_card", false);
        return item;
    }

    private static void list(ByteArrayOutputStream out, List<byte[]> items) {
        int open = '[';
        out.write(open);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(items.get(i));
        }
        out.write(']');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
