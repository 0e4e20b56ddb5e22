package bulwark.seats.watch;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.chain.EventLog;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.seat.SeatTable;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the vault of a seat said last. Immutable.
 *
 * @param since seconds of Unix time of the block in which it was first seen in this phase
 * @param readyAt seconds of Unix time from which a proposed settlement may be finalised; 0 for none
 * @param balanceWei decimal; empty before the first look at the vault
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

    private static boolean exists(ReadTx tx, long seat) throws SQLException {
        PreparedStatement select = tx.statement("SELECT 1 FROM seat_settlements WHERE seat_id = ?");
        select.setLong(1, seat);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    /**
     * A vault told of a proposal: from now on it is looked at, whether or not its validator exits. One that is looked at already says more by itself.
     *
     * @param actor the process that saw it
     * @param log of the vault
     */
    static void proposed(WriteTx tx, AuditLog audit, String actor, EventLog log, Instant now) throws SQLException {
        for (Seat seat : SeatTable.ofVault(tx, log.address())) {
            if (!exists(tx, seat.id())) {
                SettlementRow row = new SettlementRow(
                        SettlementPhase.PROPOSED,
                        now.getEpochSecond(),
                        readyAt(log.data()),
                        "",
                        log.blockNumber(),
                        log.blockHash());
                row.write(tx, seat.id());
                audit.append(tx, SeatEvents.settlementMoved(actor, seat.id(), row.moved("")));
            }
        }
    }

    /** One number of 256 bits; the vault itself is asked at the next look. */
    private static long readyAt(byte[] data) {
        BigInteger seconds = new BigInteger(1, data);
        return seconds.bitLength() < Long.SIZE ? seconds.longValueExact() : Long.MAX_VALUE;
    }

    /** As the audit row tells it. @param from phase before, empty for none */
    Map<String, Object> moved(String from) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("from_phase", from);
        detail.put("to_phase", phase.name());
        detail.put("balance_wei", balanceWei);
        detail.put("block_number", Long.toString(blockNumber));
        detail.put("block_hash", blockHash);
        return detail;
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
