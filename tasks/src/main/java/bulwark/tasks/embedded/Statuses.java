package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.Start;
import bulwark.tasks.stores.StatusRules;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of {@code task_results}: which status may follow which, decided where it is written. */
final class Statuses {
    private static final long HOUR = 3_600_000;
    private static final long STEP = HOUR / 6;

    private Statuses() {}

    private record Known(StatusRules.Mark mark, long expiresAt) {}

    /** @return whether it was written */
    static boolean write(WriteTx tx, Row.Status status, StatusCalls.When when, long now) throws SQLException {
        Known known = alive(tx, status.id(), now);
        if (known != null && when == StatusCalls.When.ABSENT) {
            return false;
        }
        if (known != null
                && when == StatusCalls.When.FENCED
                && !StatusRules.mayReplace(known.mark, token(status.fence()))) {
            return false;
        }
        long expiresAt = end(now, status.retention());
        if (known == null) {
            replace(tx, status, expiresAt);
        } else {
            update(tx, status, known.expiresAt == expiresAt ? null : expiresAt);
        }
        return true;
    }

    private static @Nullable FencingToken token(@Nullable String fence) {
        return fence == null ? null : FencingToken.parse(fence);
    }

    /** To whole steps where it does not matter, so that a status which follows another seldom moves in the index of ends. */
    static long end(long now, long retention) {
        long end = now + retention;
        return retention < HOUR ? end : (end / STEP + 1) * STEP;
    }

    private static @Nullable Known alive(ReadTx tx, String id, long now) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT state, fence, expires_at FROM task_results WHERE id = ? AND expires_at > ?");
        select.setString(1, id);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? new Known(StatusRules.Mark.of(row.getString(1), row.getString(2)), row.getLong(3))
                    : null;
        }
    }

    private static void replace(WriteTx tx, Row.Status status, long expiresAt) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT OR REPLACE INTO task_results"
                + " (id, state, fence, created_at, updated_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, status.id());
        insert.setString(2, status.state());
        insert.setString(3, status.fence());
        insert.setLong(4, status.createdMicros());
        insert.setLong(5, status.updatedMicros());
        insert.setLong(6, expiresAt);
        insert.setString(7, status.body());
        insert.executeUpdate();
    }

    private static void update(WriteTx tx, Row.Status status, @Nullable Long expiresAt) throws SQLException {
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
    static Start.Verdict begin(WriteTx tx, Row.Begin begin, String entryId, long now) throws SQLException {
        Known known = alive(tx, begin.running().id(), now);
        Start.Verdict verdict = StatusRules.verdict(known == null ? null : known.mark, entryId);
        if (verdict == Start.Verdict.RUN) {
            write(tx, begin.running(), StatusCalls.When.FENCED, now);
        }
        return verdict;
    }

    static Optional<Row.StoredStatus> read(ReadTx tx, String id, long now) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT body, created_at, updated_at FROM task_results WHERE id = ? AND expires_at > ?");
        select.setString(1, id);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Row.StoredStatus(row.getString(1), row.getLong(2), row.getLong(3)))
                    : Optional.empty();
        }
    }
}
