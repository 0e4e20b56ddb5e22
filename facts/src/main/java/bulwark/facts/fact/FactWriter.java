package bulwark.facts.fact;

import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a fact into the store: fact, journal, alias, then the listeners (chain, edges). Only what depends on the order of
 * facts is computed here. Used on the writer thread only.
 */
final class FactWriter {
    private final Clock clock;
    private final List<FactListener> listeners;
    private final HybridClock hybrid = new HybridClock();
    private @Nullable Head head;

    /** The newest journal row. */
    private record Head(long seq, @Nullable String hash) {}

    /** A fact in its place and the hash of its stored record. */
    record Written(Fact fact, String recordHash) {}

    FactWriter(Clock clock, List<FactListener> listeners) {
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
    }

    /** @param unplaced rowId and HLC are ignored and set here */
    Written insert(WriteTx tx, Fact unplaced) throws SQLException {
        Head last = head == null ? load(tx) : head;
        HybridClock.Stamp stamp = hybrid.tick(clock.millis());
        FactRow row = FactRow.of(unplaced.placed(last.seq + 1, stamp, unplaced.gardenId()));
        Fact fact = row.fact();
        tx.onRollback(() -> head = null);
        row.insert(tx.statement(FactRow.insertSql()));
        String recordHash = row.recordHash();
        head = journal(tx, fact, recordHash, last.hash);
        alias(tx, fact);
        for (FactListener listener : listeners) {
            listener.inserted(tx, fact);
        }
        return new Written(fact, recordHash);
    }

    private static Head journal(WriteTx tx, Fact fact, String recordHash, @Nullable String previous)
            throws SQLException {
        String hash = FactRow.journalHash(fact.rowId(), fact.id(), fact.tenant(), recordHash, previous);
        PreparedStatement insert = tx.statement("INSERT INTO fact_journal"
                + " (seq, fact_id, tenant_id, record_hash, prev_hash, journal_hash) VALUES (?,?,?,?,?,?)");
        insert.setLong(1, fact.rowId());
        insert.setString(2, fact.id());
        insert.setString(3, fact.tenant());
        insert.setString(4, recordHash);
        insert.setString(5, previous);
        insert.setString(6, hash);
        insert.executeUpdate();
        return new Head(fact.rowId(), hash);
    }

    private static void alias(WriteTx tx, Fact fact) throws SQLException {
        PreparedStatement upsert =
                tx.statement("INSERT OR REPLACE INTO fact_cid_aliases (tenant_id, cid, fact_id) VALUES (?,?,?)");
        upsert.setString(1, fact.tenant());
        upsert.setString(2, fact.cid());
        upsert.setString(3, fact.id());
        upsert.executeUpdate();
    }

    private Head load(WriteTx tx) throws SQLException {
        PreparedStatement newest = tx.statement("SELECT j.seq, j.journal_hash, f.hlc_wall, f.hlc_counter"
                + " FROM fact_journal j JOIN facts f ON f.row_id = j.seq ORDER BY j.seq DESC LIMIT 1");
        try (ResultSet rows = newest.executeQuery()) {
            if (!rows.next()) {
                return new Head(0, null);
            }
            hybrid.atLeast(rows.getLong(3), rows.getInt(4));
            return new Head(rows.getLong(1), rows.getString(2));
        }
    }
}
