package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A block up to which everything was read, with the hash that it had then. Immutable. */
record ScannedBlock(long number, String hash) {
    /** Enough to find the last common block after a reorganisation without reading everything again. */
    private static final int KEPT = 32;

    /** Newest first. */
    static List<ScannedBlock> newest(ReadTx tx) throws SQLException {
        List<ScannedBlock> blocks = new ArrayList<>();
        try (ResultSet row = tx.statement(
                        "SELECT block_number, block_hash FROM watch_blocks ORDER BY block_number DESC LIMIT " + KEPT)
                .executeQuery()) {
            while (row.next()) {
                blocks.add(new ScannedBlock(row.getLong(1), row.getString(2)));
            }
        }
        return blocks;
    }

    /** Takes away what no longer counts. @param last the newest that stays */
    static void rewind(WriteTx tx, long last) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM watch_blocks WHERE block_number > ?");
        delete.setLong(1, last);
        delete.executeUpdate();
    }

    /** Becomes the cursor, when it is the greatest. */
    void write(WriteTx tx) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO watch_blocks (block_number, block_hash) VALUES (?, ?)"
                + " ON CONFLICT (block_number) DO UPDATE SET block_hash = excluded.block_hash");
        insert.setLong(1, number);
        insert.setString(2, hash);
        insert.executeUpdate();
        PreparedStatement prune = tx.statement("DELETE FROM watch_blocks WHERE block_number NOT IN (SELECT block_number"
                + " FROM watch_blocks ORDER BY block_number DESC LIMIT " + KEPT + ")");
        prune.executeUpdate();
    }
}
