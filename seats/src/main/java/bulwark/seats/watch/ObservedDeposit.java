package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.chain.DepositEvent;
import bulwark.seats.contract.HexText;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A deposit event of the gate as it was read. Immutable.
 *
 * @param seenAt no earlier than its block
 * @param amountGwei as an unsigned number of 64 bits
 * @param index in the gate's tree
 */
record ObservedDeposit(
        String txHash,
        long logIndex,
        long blockNumber,
        String blockHash,
        Instant seenAt,
        String pubkey,
        String withdrawalCredentials,
        long amountGwei,
        long index) {
    private static final String SELECT = "SELECT tx_hash, log_index, block_number, block_hash, seen_at, pubkey,"
            + " withdrawal_credentials, amount_gwei, deposit_index FROM watch_deposits ";

    static ObservedDeposit of(DepositEvent event, Instant now) {
        return new ObservedDeposit(
                event.log().transactionHash(),
                event.log().index(),
                event.log().blockNumber(),
                event.log().blockHash(),
                now,
                HexText.of(event.deposit().pubkey()),
                HexText.of(event.deposit().credentials()),
                event.deposit().amountGwei(),
                event.index());
    }

    /** What tells it apart: the same transaction in another block is another one. */
    List<Object> key() {
        return List.of(txHash, logIndex, blockHash);
    }

    /** What is kept with the transition that it causes. */
    Map<String, String> evidence() {
        return Map.of(
                "deposit_tx_hash", txHash,
                "deposit_block_number", Long.toString(blockNumber),
                "deposit_block_hash", blockHash,
                "pubkey", pubkey,
                "withdrawal_credentials", withdrawalCredentials);
    }

    void insert(WriteTx tx) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO watch_deposits (tx_hash, log_index, block_number,"
                + " block_hash, seen_at, pubkey, withdrawal_credentials, amount_gwei, deposit_index)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, txHash);
        insert.setLong(2, logIndex);
        insert.setLong(3, blockNumber);
        insert.setString(4, blockHash);
        insert.setLong(5, seenAt.getEpochSecond());
        insert.setString(6, pubkey);
        insert.setString(7, withdrawalCredentials);
        insert.setString(8, Long.toUnsignedString(amountGwei));
        insert.setLong(9, index);
        insert.executeUpdate();
    }

    void delete(WriteTx tx) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM watch_deposits WHERE tx_hash = ? AND log_index = ?");
        delete.setString(1, txHash);
        delete.setLong(2, logIndex);
        delete.executeUpdate();
    }

    /** Of these blocks, both ends included. */
    static List<ObservedDeposit> between(ReadTx tx, long from, long to) throws SQLException {
        PreparedStatement select =
                tx.statement(SELECT + "WHERE block_number >= ? AND block_number <= ? ORDER BY block_number, log_index");
        select.setLong(1, from);
        select.setLong(2, to);
        return rows(select);
    }

    static List<ObservedDeposit> ofKey(ReadTx tx, String pubkey) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE pubkey = ? ORDER BY block_number, log_index");
        select.setString(1, pubkey);
        return rows(select);
    }

    /** Of seats that wait for the consensus layer to show their validator. */
    static List<ObservedDeposit> ofWaitingSeats(ReadTx tx) throws SQLException {
        return rows(tx.statement(SELECT + "WHERE pubkey IN (SELECT pubkey FROM seats WHERE status = 'DEPOSITED')"
                + " ORDER BY block_number, log_index"));
    }

    private static List<ObservedDeposit> rows(PreparedStatement select) throws SQLException {
        List<ObservedDeposit> deposits = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                deposits.add(new ObservedDeposit(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        Instant.ofEpochSecond(row.getLong(5)),
                        row.getString(6),
                        row.getString(7),
                        Long.parseUnsignedLong(row.getString(8)),
                        row.getLong(9)));
            }
        }
        return deposits;
    }
}
