package bulwark.gateway.apikey;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code consumer_keys}. */
final class ConsumerKeyTable {
    private static final String SELECT =
            "SELECT id, lookup, prefix, subscription_id, subject, tenant_id, roles, profile,"
                    + " serial, created_at, expires_at, suspended_at, revoked_at FROM consumer_keys ";

    private ConsumerKeyTable() {}

    static void insert(WriteTx tx, ConsumerKeyRecord key) throws SQLException {
        PreparedStatement insert = tx.statement(
                "INSERT INTO consumer_keys (id, lookup, prefix, subscription_id, subject,"
                        + " tenant_id, roles, profile, serial, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, key.id());
        insert.setString(2, key.lookup());
        insert.setString(3, key.prefix());
        insert.setString(4, key.subscription());
        insert.setString(5, key.subject());
        insert.setString(6, key.tenant());
        insert.setString(7, String.join(",", key.roles()));
        insert.setString(8, key.profile());
        insert.setInt(9, key.serial());
        insert.setLong(10, key.created().toEpochMilli());
        setInstant(insert, 11, key.expires());
        insert.executeUpdate();
    }

    static void expire(WriteTx tx, String id, Instant end) throws SQLException {
        set(tx, "UPDATE consumer_keys SET expires_at = ? WHERE id = ?", end, id);
    }

    static void suspend(WriteTx tx, String id, @Nullable Instant since) throws SQLException {
        set(tx, "UPDATE consumer_keys SET suspended_at = ? WHERE id = ?", since, id);
    }

    static void revoke(WriteTx tx, String id, Instant since) throws SQLException {
        set(tx, "UPDATE consumer_keys SET revoked_at = ? WHERE id = ?", since, id);
    }

    private static void set(WriteTx tx, String sql, @Nullable Instant instant, String id) throws SQLException {
        PreparedStatement update = tx.statement(sql);
        setInstant(update, 1, instant);
        update.setString(2, id);
        update.executeUpdate();
    }

    static Optional<ConsumerKeyRecord> byLookup(ReadTx tx, String lookup) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE lookup = ?");
        select.setString(1, lookup);
        return rows(select).stream().findFirst();
    }

    /** Newest first. */
    static List<ConsumerKeyRecord> ofSubscription(ReadTx tx, String subscription) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE subscription_id = ? ORDER BY serial DESC");
        select.setString(1, subscription);
        return rows(select);
    }

    /** The newest first, at most so many. */
    static List<ConsumerKeyRecord> newest(ReadTx tx, int max) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "ORDER BY created_at DESC, id LIMIT ?");
        select.setInt(1, max);
        return rows(select);
    }

    /** When the oldest key was made that works now. */
    static Optional<Instant> oldestLive(ReadTx tx, Instant now) throws SQLException {
        PreparedStatement select = tx.statement("SELECT min(created_at) FROM consumer_keys WHERE revoked_at IS NULL"
                + " AND suspended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)");
        select.setLong(1, now.toEpochMilli());
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.ofNullable(instant(row, 1)) : Optional.empty();
        }
    }

    /** Keys that were revoked, are suspended or have an end, the newest first, at most so many. */
    static List<ConsumerKeyRecord> ordered(ReadTx tx, int max) throws SQLException {
        PreparedStatement select = tx.statement(
                SELECT + "WHERE revoked_at IS NOT NULL OR suspended_at IS NOT NULL OR expires_at IS NOT NULL"
                        + " ORDER BY created_at DESC, id LIMIT ?");
        select.setInt(1, max);
        return rows(select);
    }

    private static List<ConsumerKeyRecord> rows(PreparedStatement select) throws SQLException {
        List<ConsumerKeyRecord> keys = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.add(new ConsumerKeyRecord(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        List.of(row.getString(7).split(",")),
                        row.getString(8),
                        row.getInt(9),
                        Instant.ofEpochMilli(row.getLong(10)),
                        instant(row, 11),
                        instant(row, 12),
                        instant(row, 13)));
            }
        }
        return keys;
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
            throws SQLException {
        if (instant == null) {
            statement.setNull(index, Types.INTEGER);
        } else {
            statement.setLong(index, instant.toEpochMilli());
        }
    }
}
