package bulwark.seats.signer;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.contract.EvmAddress;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** The rows of {@code generated_keys}: keys of validators that this signer derived. */
final class GeneratedKeyRows {
    private GeneratedKeyRows() {}

    static void insert(WriteTx tx, long index, String pubkey, EvmAddress vault, EvmAddress beneficiary, Instant now)
            throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO generated_keys (pubkey, key_index, vault, beneficiary,"
                + " made_at) VALUES (?, ?, ?, ?, ?)");
        insert.setString(1, pubkey);
        insert.setLong(2, index);
        insert.setString(3, vault.text());
        insert.setString(4, beneficiary.text());
        insert.setLong(5, now.getEpochSecond());
        insert.executeUpdate();
    }

    static long nextIndex(ReadTx tx) throws SQLException {
        try (ResultSet row = tx.statement("SELECT coalesce(max(key_index), -1) + 1 FROM generated_keys")
                .executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    static long since(ReadTx tx, Instant from) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM generated_keys WHERE made_at > ?");
        select.setLong(1, from.getEpochSecond());
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
