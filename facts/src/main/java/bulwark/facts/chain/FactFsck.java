package bulwark.facts.chain;

import bulwark.kernel.storage.ReadTx;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks everything that the facts of a store promise, and the store against a local transparency log. */
public final class FactFsck {
    private static final int PAGE = 1000;

    /** Row by number in each anchored table. */
    private static final Map<String, String> ROWS = Map.of(
            "fact_audit_log", "SELECT row_hash FROM fact_audit_log WHERE seq = ?",
            "federation_audit", "SELECT row_hash FROM federation_audit WHERE seq = ?",
            "fact_journal", "SELECT journal_hash FROM fact_journal WHERE seq = ?");

    private FactFsck() {}

    /**
     * @param localLog file of the local transparency log, or null to leave the comparison out
     * @return problems, one sentence each, empty when whole
     */
    public static List<String> check(ReadTx tx, @Nullable Path localLog) throws SQLException {
        List<String> problems = new ArrayList<>();
        ChainWalk walk = new ChainWalk(Rescan.TENANT);
        ChainWalk.Step step;
        do {
            step = walk.step(tx, PAGE);
            if (step.finding() != null) {
                problems.add(step.finding().sentence());
            }
        } while (!step.end());
        problems.addAll(Projections.check(tx, Rescan.TENANT));
        problems.addAll(checkpoints(tx));
        if (localLog != null) {
            for (LoggedCheckpoints.Logged logged :
                    LoggedCheckpoints.all(localLog, LogOrigin.bytes(tx, Rescan.TENANT))) {
                problem(tx, logged, problems);
            }
        }
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

    private static void problem(ReadTx tx, LoggedCheckpoints.Logged logged, List<String> problems) throws SQLException {
        if (logged.table().equals("fact_chain")) {
            ChainFinding finding = logged.compare(tx);
            if (finding != null) {
                problems.add("store behind or beside its transparency log: " + finding.sentence());
            }
            return;
        }
        String sql = ROWS.get(logged.table());
        if (sql == null) {
            return;
        }
        PreparedStatement select = tx.statement(sql);
        select.setLong(1, logged.seq());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next() || !row.getString(1).equals(logged.hash())) {
                problems.add(logged.table() + ": row " + logged.seq() + " is not the one that the log vouches for");
            }
        }
    }
}
