package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the vault of a seat said last. Immutable.
 *
 * @param since seconds of Unix time of the block in which it was first seen in this phase
 * @param readyAt seconds of Unix time from which a proposed settlement may be finalised; 0 for none
 * @param balanceWei decimal
 */
record SettlementRow(
        SettlementPhase phase, long since, long readyAt, String balanceWei, long blockNumber, String blockHash) {
    /** By the ids of seats. */
    static Map<Long, SettlementRow> all(ReadTx tx) throws SQLException {
        Map<Long, SettlementRow> rows = new HashMap<>();
        try (ResultSet row = tx.statement("SELECT seat_id, phase, since, ready_at, balance_wei, block_number,"
                        + " block_hash FROM seat_settlements")
                .executeQuery()) {
            while (row.next()) {
                rows.put(
                        row.getLong(1),
                        new SettlementRow(
                                SettlementPhase.valueOf(row.getString(2)),
                                row.getLong(3),
                                row.getLong(4),
                                row.getString(5),
                                row.getLong(6),
                                row.getString(7)));
            }
        }
        return rows;
    }

    void write(WriteTx tx, long seat) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO seat_settlements (seat_id, phase, since, ready_at,"
                + " balance_wei, block_number, block_hash) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seat_id) DO UPDATE"
                + " SET phase = excluded.phase, since = excluded.since, ready_at = excluded.ready_at, balance_wei ="
                + " excluded.balance_wei, block_number = excluded.block_number, block_hash = excluded.block_hash");
        insert.setLong(1, seat);
        insert.setString(2, phase.name());
        insert.setLong(3, since);
        insert.setLong(4, readyAt);
        insert.setString(5, balanceWei);
        insert.setLong(6, blockNumber);
        insert.setString(7, blockHash);
        insert.executeUpdate();
    }
}
