package bulwark.facts.chain;

import bulwark.kernel.evidence.log.RekorKeys;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a Rekor service answered when it took checkpoints of the fact chain: timestamps, proofs and trees are verified without asking it. */
public final class StoredRekorEntries {
    private static final int MAX_PROBLEMS = 100;

    private StoredRekorEntries() {}

    /** @return problems, one sentence each */
    public static List<String> check(ReadTx tx, RekorKeys keys) throws SQLException {
        List<String> problems = new ArrayList<>();
        PreparedStatement select = tx.statement("SELECT id, tl_leaf_hash, tl_raw FROM fact_chain_checkpoints"
                + " WHERE status = 'submitted' AND tl_backend = 'rekor' ORDER BY covered_chain_seq");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next() && problems.size() < MAX_PROBLEMS) {
                String fault = keys.fault(rows.getString(3), rows.getString(2));
                if (fault != null) {
                    problems.add("what the Rekor service answered to checkpoint " + rows.getString(1) + " " + fault);
                }
            }
        }
        return problems;
    }
}
