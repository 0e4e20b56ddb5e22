package bulwark.kernel.evidence.outbox;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements of the outbox table. */
final class OutboxRows {
    private static final int MAX_ERROR = 500;

    private OutboxRows() {}

    record Open(long id, String kind, String dedupeKey, String payload) {}

    static void insert(WriteTx tx, String kind, String dedupeKey, String payload, String now) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO outbox (kind, dedupe_key, payload, created_at)"
                + " VALUES (?, ?, ?, ?) ON CONFLICT (kind, dedupe_key) DO NOTHING");
        insert.setString(1, kind);
        insert.setString(2, dedupeKey);
        insert.setString(3, payload);
        insert.setString(4, now);
        insert.executeUpdate();
    }

    static List<Open> openAfter(ReadTx tx, long id, int limit) throws SQLException {
        PreparedStatement select = tx.statement("SELECT id, kind, dedupe_key, payload FROM outbox"
                + " WHERE done_at IS NULL AND id > ? ORDER BY id LIMIT ?");
        select.setLong(1, id);
        select.setInt(2, limit);
        List<Open> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Open(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)));
            }
        }
        return rows;
    }

    static boolean anyOpen(ReadTx tx) throws SQLException {
        try (ResultSet row = tx.statement("SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1")
                .executeQuery()) {
            return row.next();
        }
    }

    static void markDone(WriteTx tx, long id, String now, @Nullable String refusal) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE outbox SET done_at = ?, attempts = attempts + 1, last_error = ? WHERE id = ?");
        update.setString(1, now);
        update.setString(2, refusal == null ? null : shortened(refusal));
        update.setLong(3, id);
        update.executeUpdate();
    }

    static void markFailed(WriteTx tx, long id, String error) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE outbox SET attempts = attempts + 1, last_error = ? WHERE id = ?");
        update.setString(1, shortened(error));
        update.setLong(2, id);
        update.executeUpdate();
    }

    private static String shortened(String error) {
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }
}
