package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Revocations in the store. */
final class SqliteRevocations implements RevocationStore {
    private static final String COLUMNS = "SELECT namespace, task_id, version, issued_at, terminate, reason,"
            + " requested_by, expires_at FROM task_revocations WHERE namespace = ?";

    private final StoreContext context;

    SqliteRevocations(StoreContext context) {
        this.context = context;
    }

    @Override
    public Revocation upsert(Revocation revocation) {
        return context.store().write(tx -> {
            PreparedStatement put = tx.statement("INSERT INTO task_revocations (namespace, task_id, version, issued_at,"
                    + " terminate, reason, requested_by, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                    + " ON CONFLICT (namespace, task_id) DO UPDATE SET version = ?3, issued_at = ?4, terminate = ?5,"
                    + " reason = ?6, requested_by = ?7, expires_at = ?8 WHERE version < ?3");
            put.setString(1, revocation.namespace());
            put.setString(2, revocation.taskId());
            put.setLong(3, revocation.version());
            put.setLong(4, StoreRpc.micros(revocation.issuedAt()));
            put.setBoolean(5, revocation.terminate());
            put.setString(6, revocation.reason());
            put.setString(7, revocation.requestedBy());
            Instant end = revocation.expiresAt();
            SqliteSchedules.bind(put, 8, end == null ? null : StoreRpc.micros(end));
            put.executeUpdate();
            return stored(tx, revocation);
        });
    }

    private static Revocation stored(ReadTx tx, Revocation like) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + " AND task_id = ?");
        select.setString(1, like.namespace());
        select.setString(2, like.taskId());
        return all(select).getFirst();
    }

    private static List<Revocation> all(PreparedStatement select) throws SQLException {
        List<Revocation> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Long end = SqliteSchedules.orNull(row, 8);
                found.add(new Revocation(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        StoreRpc.ofMicros(row.getLong(4)),
                        row.getBoolean(5),
                        row.getString(6),
                        row.getString(7),
                        end == null ? null : StoreRpc.ofMicros(end)));
            }
        }
        return found;
    }

    @Override
    public List<Revocation> list(String namespace) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " ORDER BY version, task_id");
            select.setString(1, namespace);
            return all(select);
        });
    }

    @Override
    public int prune(String namespace, Instant now) {
        return context.store().write(tx -> {
            PreparedStatement delete =
                    tx.statement("DELETE FROM task_revocations WHERE namespace = ? AND expires_at <= ?");
            delete.setString(1, namespace);
            delete.setLong(2, StoreRpc.micros(now));
            return delete.executeUpdate();
        });
    }
}
