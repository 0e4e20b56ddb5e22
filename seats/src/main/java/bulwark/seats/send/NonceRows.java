package bulwark.seats.send;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.send.TransactionIntent.Account;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/** The line of nonces of an account. Writes follow each other whoever makes them, so that a transaction that takes one is its only owner. */
final class NonceRows {
    private NonceRows() {}

    /** Empty for an account that nothing was ever sent from. */
    static OptionalLong next(ReadTx tx, Account account) throws SQLException {
        PreparedStatement select = tx.statement("SELECT next_nonce FROM tx_nonce WHERE chain_id = ? AND signer = ?");
        bind(select, account, 1);
        return number(select);
    }

    static void set(WriteTx tx, Account account, long next) throws SQLException {
        PreparedStatement insert = tx.statement(
                "INSERT INTO tx_nonce (chain_id, signer, next_nonce,"
                        + " acknowledged) VALUES (?, ?, ?, 0) ON CONFLICT (chain_id, signer) DO UPDATE SET next_nonce = excluded.next_nonce");
        bind(insert, account, 1);
        insert.setLong(3, next);
        insert.executeUpdate();
    }

    /** Transactions that the signer's journal has and this store never will, as a person found. */
    static long acknowledged(ReadTx tx, Account account) throws SQLException {
        PreparedStatement select = tx.statement("SELECT acknowledged FROM tx_nonce WHERE chain_id = ? AND signer = ?");
        bind(select, account, 1);
        return number(select).orElse(0);
    }

    static void acknowledge(WriteTx tx, Account account, long count) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE tx_nonce SET acknowledged = ? WHERE chain_id = ? AND signer = ?");
        update.setLong(1, count);
        bind(update, account, 2);
        update.executeUpdate();
    }

    /** The lowest one that was given back, so that the line has no gap; empty when there is none from {@code floor} on. */
    static OptionalLong free(ReadTx tx, Account account, long floor) throws SQLException {
        PreparedStatement select = tx.statement("SELECT min(a.nonce) FROM tx_intents a WHERE a.chain_id = ? AND"
                + " a.signer = ? AND a.status = 'ABANDONED' AND a.nonce >= ? AND NOT EXISTS (SELECT 1 FROM tx_intents b"
                + " WHERE b.chain_id = a.chain_id AND b.signer = a.signer AND b.nonce = a.nonce AND b.status <>"
                + " 'ABANDONED')");
        bind(select, account, 1);
        select.setLong(3, floor);
        return number(select);
    }

    /** Attempts that a nonce had so far. */
    static long attempts(ReadTx tx, Account account, long nonce) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT count(*) FROM tx_intents WHERE chain_id = ? AND signer = ? AND nonce = ?");
        bind(select, account, 1);
        select.setLong(3, nonce);
        return number(select).orElse(0);
    }

    /** Transactions that the signer was asked for and did not refuse. */
    static long signed(ReadTx tx, Account account) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT count(*) FROM tx_intents WHERE chain_id = ? AND signer = ? AND status <> 'ABANDONED'");
        bind(select, account, 1);
        return number(select).orElse(0);
    }

    private static void bind(PreparedStatement statement, Account account, int from) throws SQLException {
        statement.setLong(from, account.chainId());
        statement.setString(from + 1, account.address().text());
    }

    private static OptionalLong number(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return OptionalLong.empty();
            }
            long number = row.getLong(1);
            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
        }
    }
}
