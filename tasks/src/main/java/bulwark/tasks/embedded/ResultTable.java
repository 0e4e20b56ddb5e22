package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.store.StatusTransitions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of {@code task_results}: which status may follow which, decided where it is written. */
final class ResultTable {
    private static final long HOUR = 3_600_000;
    private static final long STEP = HOUR / 6;

    private ResultTable() {}

    private record StoredState(StatusTransitions.Snapshot mark, long expiresAt) {}

    /** @return whether it was written */
    static boolean write(WriteTx tx, StoreRpc.Status status, StatusApi.When when, long now) throws SQLException {
        if (when == StatusApi.When.ABSENT) {
            return insert(tx, status, now);
        }
        if (when == StatusApi.When.FENCED && follow(tx, status, now)) {
            return true;
        }
        StoredState known = alive(tx, status.id(), now);
        if (known != null
                && when == StatusApi.When.FENCED
                && !StatusTransitions.mayReplace(known.mark, token(status.fence()))) {
            return false;
        }
        long expiresAt = end(now, status.retention());
        if (known == null) {
            insert(tx, status, now);
        } else {
            update(tx, status, known.expiresAt == expiresAt ? null : expiresAt);
        }
        return true;
    }

    /** The rule of {@link StatusTransitions#mayEnd}, where the bodies are not parsed. @return whether it was written */
    static boolean writeUnvouched(WriteTx tx, StoreRpc.Status status, String envelopeDigest, long now)
            throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE task_results SET state = ?1, fence = ?2, updated_at = ?3, body = ?4"
                        + " WHERE id = ?5 AND expires_at > ?6 AND state IN ('queued', 'retried')"
                        + " AND json_extract(body, '$.meta.\"stem.envelope\"') = ?7");
        bind(update, status, now);
        update.setString(7, envelopeDigest);
        return update.executeUpdate() == 1 || insert(tx, status, now);
    }

    private static @Nullable FencingToken token(@Nullable String fence) {
        return fence == null ? null : FencingToken.parse(fence);
    }

    /** To whole steps where it does not matter, so that a status which follows another seldom moves in the index of ends. */
    static long end(long now, long retention) {
        long end = now + retention;
        return retention < HOUR ? end : (end / STEP + 1) * STEP;
    }

    private static @Nullable StoredState alive(ReadTx tx, String id, long now) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT state, fence, expires_at FROM task_results WHERE id = ? AND expires_at > ?");
        select.setString(1, id);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? new StoredState(StatusTransitions.Snapshot.of(row.getString(1), row.getString(2)), row.getLong(3))
                    : null;
        }
    }

    /** @return false when there is one that is not over */
    private static boolean insert(WriteTx tx, StoreRpc.Status status, long now) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO task_results"
                + " (id, state, fence, created_at, updated_at, expires_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                + " ON CONFLICT (id) DO UPDATE SET state = ?2, fence = ?3, created_at = ?4, updated_at = ?5,"
                + " expires_at = ?6, body = ?7 WHERE expires_at <= ?8");
        insert.setString(1, status.id());
        insert.setString(2, status.state());
        insert.setString(3, status.fence());
        insert.setLong(4, status.createdMicros());
        insert.setLong(5, status.updatedMicros());
        insert.setLong(6, end(now, status.retention()));
        insert.setString(7, status.body());
        insert.setLong(8, now);
        return insert.executeUpdate() == 1;
    }

    /**
     * The usual case in one statement: a further status of the same consumer, with the same end. When false, look closer.
     */
    private static boolean follow(WriteTx tx, StoreRpc.Status status, long now) throws SQLException {
        if (status.fence() == null) {
            return false;
        }
        PreparedStatement update = tx.statement("UPDATE task_results SET state = ?1, updated_at = ?3, body = ?4"
                + " WHERE id = ?5 AND fence = ?2 AND expires_at = ?6 AND state IN ('queued', 'running', 'retried')");
        bind(update, status, end(now, status.retention()));
        return update.executeUpdate() == 1;
    }

    /** The usual case in one statement: a first run of an entry that is still held. When false, look closer. */
    static boolean beginFirst(WriteTx tx, StoreRpc.BeginRun begin, long now) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE task_results SET state = ?1, fence = ?2, updated_at = ?3, body = ?4"
                        + " WHERE id = ?5 AND fence IS NULL AND expires_at = ?6 AND state = 'queued' AND EXISTS"
                        + " (SELECT 1 FROM task_entries e WHERE e.id = ?7 AND e.holder = ?8 AND e.delivery = ?9)");
        bind(update, begin.running(), end(now, begin.running().retention()));
        EntryTable.bind(update, 7, begin.lease());
        return update.executeUpdate() == 1;
    }

    private static void bind(PreparedStatement update, StoreRpc.Status status, long expiresAt) throws SQLException {
        update.setString(1, status.state());
        update.setString(2, status.fence());
        update.setLong(3, status.updatedMicros());
        update.setString(4, status.body());
        update.setString(5, status.id());
        update.setLong(6, expiresAt);
    }

    private static void update(WriteTx tx, StoreRpc.Status status, @Nullable Long expiresAt) throws SQLException {
        PreparedStatement update = tx.statement(
                expiresAt == null
                        ? "UPDATE task_results SET state = ?, fence = ?, updated_at = ?, body = ? WHERE id = ?"
                        : "UPDATE task_results SET state = ?, fence = ?, updated_at = ?, body = ?, expires_at = ?6"
                                + " WHERE id = ?5");
        update.setString(1, status.state());
        update.setString(2, status.fence());
        update.setLong(3, status.updatedMicros());
        update.setString(4, status.body());
        update.setString(5, status.id());
        if (expiresAt != null) {
            update.setLong(6, expiresAt);
        }
        update.executeUpdate();
    }

    /** What to do with a delivery, and the status written when it is to run. */
    static RunStart.StartDecision begin(WriteTx tx, StoreRpc.BeginRun begin, String entryId, long now)
            throws SQLException {
        StoredState known = alive(tx, begin.running().id(), now);
        RunStart.StartDecision decision = StatusTransitions.verdict(known == null ? null : known.mark, entryId);
        if (decision == RunStart.StartDecision.RUN) {
            write(tx, begin.running(), StatusApi.When.FENCED, now);
        }
        return decision;
    }

    static Optional<StoreRpc.StoredStatus> read(ReadTx tx, String id, long now) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT body, created_at, updated_at FROM task_results WHERE id = ? AND expires_at > ?");
        select.setString(1, id);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new StoreRpc.StoredStatus(row.getString(1), row.getLong(2), row.getLong(3)))
                    : Optional.empty();
        }
    }
}
