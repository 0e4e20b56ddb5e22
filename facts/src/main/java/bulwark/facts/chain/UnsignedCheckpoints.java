package bulwark.facts.chain;

import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.storage.ReadTx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What versions before signed heads left to judge a store by: checkpoints without a signature in the local log. Asked once, before such
 * a store is given its first signed heads; from then on they decide nothing.
 */
final class UnsignedCheckpoints {
    private UnsignedCheckpoints() {}

    /** The newest checkpoint of the tenant against the store's chain. @return sentences, empty when it agrees or there is none */
    static List<String> check(ReadTx tx, @Nullable Path log, String tenant) throws SQLException {
        List<String> problems = new ArrayList<>();
        if (log == null) {
            return problems;
        }
        List<Map<String, @Nullable Object>> newest = new ArrayList<>();
        try {
            LogReader.backwards(log, entry -> {
                Map<String, @Nullable Object> payload = entry.payload();
                if (ChainHash.CHECKPOINT_KIND.equals(payload.get("kind")) && tenant.equals(payload.get("tenant_id"))) {
                    newest.add(payload);
                }
                return newest.isEmpty();
            });
        } catch (IOException e) {
            problems.add("the transparency log " + log + " cannot be read: " + e.getMessage());
        }
        for (Map<String, @Nullable Object> checkpoint : newest) {
            if (!holds(tx, checkpoint, tenant)) {
                problems.add("the transparency log " + log + " vouches for row " + checkpoint.get("covered_chain_seq")
                        + " of fact_chain, and the store does not hold it");
            }
        }
        return problems;
    }

    private static boolean holds(ReadTx tx, Map<String, @Nullable Object> checkpoint, String tenant)
            throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT 1 FROM fact_chain WHERE tenant_id = ? AND chain_seq = ? AND chain_hash = ?");
        select.setString(1, tenant);
        select.setLong(2, checkpoint.get("covered_chain_seq") instanceof Number seq ? seq.longValue() : -1);
        select.setString(3, String.valueOf(checkpoint.get("chain_hash")));
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }
}
