package bulwark.facts.chain;

import bulwark.facts.fact.FactRow;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a tenant's chain from its beginning, page by page: chain, facts and journal are recomputed and must agree. Keeps
 * the verified prefix between calls. For one thread at a time.
 */
final class ChainWalk {
    private static final String PAGE = "SELECT " + FactRow.COLUMNS
            + ", c.chain_seq, c.fact_id, c.event_hash, c.previous_hash, c.chain_hash, c.created_at,"
            + " j.fact_id, j.tenant_id, j.record_hash, j.prev_hash, j.journal_hash"
            + " FROM fact_chain c LEFT JOIN facts f ON f.id = c.fact_id LEFT JOIN fact_journal j ON j.seq = f.row_id"
            + " WHERE c.tenant_id = ? AND c.chain_seq > ? ORDER BY c.chain_seq LIMIT ?";

    private final String tenant;
    private long seq;
    private long rowId;
    private @Nullable String chainHash;
    private @Nullable String journalHash;

    ChainWalk(String tenant) {
        this.tenant = tenant;
    }

    long seq() {
        return seq;
    }

    @Nullable
    String headHash() {
        return chainHash;
    }

    /** Outcome of a page: a finding, or whether the end was reached. */
    record Step(@Nullable ChainFinding finding, boolean end) {}

    Step step(ReadTx tx, int rows) throws SQLException {
        ChainFinding moved = prefix(tx);
        if (moved != null) {
            return new Step(moved, true);
        }
        PreparedStatement select = tx.statement(PAGE);
        select.setString(1, tenant);
        select.setLong(2, seq);
        select.setInt(3, rows);
        int seen = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                seen++;
                ChainFinding finding = entry(row);
                if (finding != null) {
                    return new Step(finding, true);
                }
            }
        }
        boolean end = seen < rows;
        return new Step(end ? unchained(tx) : null, end);
    }

    private @Nullable ChainFinding entry(ResultSet row) throws SQLException {
        long at = row.getLong(21);
        String factId = row.getString(22);
        if (at != seq + 1) {
            return new ChainFinding("chain_seq_gap", factId, seq + 1);
        }
        if (!Objects.equals(row.getString(24), chainHash)) {
            return new ChainFinding("previous_hash_mismatch", factId, at);
        }
        if (row.getString(2) == null) {
            return new ChainFinding("fact_missing", factId, at);
        }
        FactRow stored = FactRow.read(row);
        String event = ChainHash.event(stored.fact());
        if (!event.equals(row.getString(23))) {
            return new ChainFinding("event_hash_mismatch", factId, at);
        }
        String hash = ChainHash.chain(at, row.getString(26), event, factId, chainHash, tenant);
        if (!hash.equals(row.getString(25))) {
            return new ChainFinding("chain_hash_mismatch", factId, at);
        }
        String reason = journal(row, stored);
        if (reason != null) {
            return new ChainFinding(reason, factId, at);
        }
        seq = at;
        chainHash = hash;
        return null;
    }

    private @Nullable String journal(ResultSet row, FactRow stored) throws SQLException {
        long position = stored.fact().rowId();
        if (row.getString(27) == null) {
            return "journal_missing";
        }
        if (position <= rowId) {
            return "row_order_mismatch";
        }
        String record = stored.recordHash();
        if (!stored.fact().tenant().equals(tenant) || !record.equals(row.getString(29))) {
            return "record_hash_mismatch";
        }
        String hash = FactRow.journalHash(position, stored.fact().id(), tenant, record, journalHash);
        boolean whole = stored.fact().id().equals(row.getString(27))
                && tenant.equals(row.getString(28))
                && Objects.equals(journalHash, row.getString(30))
                && hash.equals(row.getString(31));
        if (!whole) {
            return "journal_hash_mismatch";
        }
        rowId = position;
        journalHash = hash;
        return null;
    }

    /** The entry that was verified last still stands: a shortened or replaced chain does not slip by. */
    private @Nullable ChainFinding prefix(ReadTx tx) throws SQLException {
        if (seq == 0) {
            return null;
        }
        PreparedStatement select =
                tx.statement("SELECT fact_id, chain_hash FROM fact_chain WHERE tenant_id = ? AND chain_seq = ?");
        select.setString(1, tenant);
        select.setLong(2, seq);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return new ChainFinding("chain_seq_gap", null, seq);
            }
            return row.getString(2).equals(chainHash)
                    ? null
                    : new ChainFinding("chain_hash_mismatch", row.getString(1), seq);
        }
    }

    /** Rows before the first, behind the last or between: facts or journal rows that no chain entry speaks of. */
    private @Nullable ChainFinding unchained(ReadTx tx) throws SQLException {
        PreparedStatement ends = tx.statement("SELECT (SELECT min(row_id) FROM facts), (SELECT max(row_id) FROM facts),"
                + " (SELECT min(seq) FROM fact_journal), (SELECT max(seq) FROM fact_journal)");
        try (ResultSet row = ends.executeQuery()) {
            row.next();
            boolean whole = seq == 0
                    ? row.getObject(2) == null && row.getObject(4) == null
                    : row.getLong(1) == 1
                            && row.getLong(2) == rowId
                            && row.getLong(3) == 1
                            && row.getLong(4) == rowId
                            && rowId == seq;
            return whole ? null : new ChainFinding("fact_unchained", null, seq + 1);
        }
    }
}
