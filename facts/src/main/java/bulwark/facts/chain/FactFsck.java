package bulwark.facts.chain;

import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Checks everything that the facts of a store promise. */
public final class FactFsck {
    private static final int PAGE = 1000;

    private FactFsck() {}

    /** @return problems, one sentence each, empty when whole; the store's log is the matter of {@link StoreCheck} */
    public static List<String> check(ReadTx tx) throws SQLException {
        List<String> problems = new ArrayList<>();
        ChainWalk walk = new ChainWalk(ChainRescanner.TENANT);
        ChainWalk.Step step;
        do {
            step = walk.step(tx, PAGE);
            if (step.finding() != null) {
                problems.add(step.finding().sentence());
            }
        } while (!step.end());
        problems.addAll(ProjectionCheck.check(tx, ChainRescanner.TENANT));
        problems.addAll(checkpoints(tx));
        return problems;
    }

    private static List<String> checkpoints(ReadTx tx) throws SQLException {
        List<String> problems = new ArrayList<>();
        PreparedStatement select = tx.statement("SELECT p.id FROM fact_chain_checkpoints p WHERE NOT EXISTS (SELECT 1"
                + " FROM fact_chain c WHERE c.tenant_id = p.tenant_id AND c.chain_seq = p.covered_chain_seq"
                + " AND c.chain_hash = p.chain_hash) LIMIT 20");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                problems.add("checkpoint " + rows.getString(1) + " does not match the chain");
            }
        }
        return problems;
    }
}
