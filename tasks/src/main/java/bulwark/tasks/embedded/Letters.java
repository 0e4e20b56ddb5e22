package bulwark.tasks.embedded;

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

/** Dead letters in the store. Thread-safe, but for what takes a transaction. */
final class Letters implements LetterCalls {
    private static final String COLUMNS =
            "SELECT l.id, q.name, l.task_id, l.message, l.fields, l.reason, l.meta, l.dead_at"
                    + " FROM task_dead_letters l JOIN task_queues q ON q.id = l.queue";

    private final Place place;
    private final Entries entries;

    Letters(Place place, Entries entries) {
        this.place = place;
        this.entries = entries;
    }

    void add(WriteTx tx, Row.Dead dead, long queue, Instant now) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO task_dead_letters (queue, task_id, message, fields, reason, meta, dead_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, queue);
        insert.setString(2, dead.taskId());
        insert.setString(3, dead.message());
        insert.setString(4, dead.fields());
        insert.setString(5, dead.reason());
        insert.setString(6, dead.meta());
        insert.setLong(7, Row.micros(now));
        insert.executeUpdate();
    }

    @Override
    public List<Row.Letter> newest(String queue, int offset, int limit, @Nullable Long sinceMicros) {
        return place.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE q.name = ? AND q.consumer = '' AND l.dead_at >= ?"
                    + " ORDER BY l.id DESC LIMIT ? OFFSET ?");
            select.setString(1, queue);
            select.setLong(2, since(sinceMicros));
            select.setInt(3, limit);
            select.setInt(4, offset);
            return letters(select);
        });
    }

    private static long since(@Nullable Long micros) {
        return micros == null ? Long.MIN_VALUE : micros;
    }

    private static List<Row.Letter> letters(PreparedStatement select) throws SQLException {
        List<Row.Letter> letters = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Row.Dead content = new Row.Dead(
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7));
                letters.add(new Row.Letter(row.getLong(1), content, row.getLong(8)));
            }
        }
        return letters;
    }

    @Override
    public Optional<Row.Letter> ofTask(String queue, String taskId) {
        return place.store().read(tx -> {
            PreparedStatement select = tx.statement(
                    COLUMNS + " WHERE l.task_id = ? AND q.name = ? AND q.consumer = '' ORDER BY l.id DESC LIMIT 1");
            select.setString(1, taskId);
            select.setString(2, queue);
            return letters(select).stream().findFirst();
        });
    }

    @Override
    public List<Row.Letter> replayable(String queue, int limit, @Nullable Long sinceMicros, @Nullable String taskId) {
        return place.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE q.name = ? AND q.consumer = '' AND l.dead_at >= ?"
                    + " AND l.message IS NOT NULL AND (?3 IS NULL OR l.task_id = ?3) ORDER BY l.id LIMIT ?4");
            select.setString(1, queue);
            select.setLong(2, since(sinceMicros));
            if (taskId == null) {
                select.setNull(3, Types.VARCHAR);
            } else {
                select.setString(3, taskId);
            }
            select.setInt(4, limit);
            return letters(select);
        });
    }

    @Override
    public List<Boolean> replay(List<Row.Readmission> readmissions, String once) {
        return place.store()
                .write(tx -> Once.run(tx, once, place.now(), () -> {
                    List<Boolean> done = new ArrayList<>(readmissions.size());
                    for (Row.Readmission each : readmissions) {
                        done.add(replay(tx, each));
                    }
                    return done;
                }));
    }

    private boolean replay(WriteTx tx, Row.Readmission each) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM task_dead_letters WHERE id = ?");
        delete.setLong(1, each.letter());
        if (delete.executeUpdate() == 0) {
            return false;
        }
        Instant now = place.clock().instant();
        PreparedStatement readmit = tx.statement("UPDATE task_results SET state = 'queued', updated_at = ?2,"
                + " body = json_set(body, '$.state', 'queued', '$.meta.lastReplayAt', ?3,"
                + " '$.meta.replayCount', coalesce(json_extract(body, '$.meta.replayCount'), 0) + 1,"
                + " '$.meta.lastReplayReason', ?4, '$.meta.lastReplayDelayMs', ?5)"
                + " WHERE id = ?1 AND state IN ('succeeded', 'failed') AND expires_at > ?6");
        readmit.setString(1, each.taskId());
        readmit.setLong(2, Row.micros(now));
        readmit.setString(3, bulwark.tasks.stores.StatusRules.millis(now));
        readmit.setString(4, each.reason());
        readmit.setLong(5, each.delay());
        readmit.setLong(6, now.toEpochMilli());
        readmit.executeUpdate();
        entries.put(tx, withDelay(each, now.toEpochMilli()), now.toEpochMilli());
        var wakeups = place.wakeups();
        tx.afterCommit(() -> {
            wakeups.wake("queue:" + each.put().queue());
            wakeups.wake("task:" + each.taskId());
        });
        return true;
    }

    private static Row.Put withDelay(Row.Readmission each, long now) {
        Row.Put put = each.put();
        return new Row.Put(put.message(), put.queue(), put.priority(), now + each.delay(), null);
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Long sinceMicros) {
        return place.store().write(tx -> {
            Long id = QueueNames.find((ReadTx) tx, queue);
            if (id == null) {
                return 0;
            }
            PreparedStatement delete = tx.statement("DELETE FROM task_dead_letters WHERE id IN (SELECT id"
                    + " FROM task_dead_letters WHERE queue = ? AND dead_at >= ? ORDER BY id DESC LIMIT ?)");
            delete.setLong(1, id);
            delete.setLong(2, since(sinceMicros));
            delete.setLong(3, limit == null ? -1 : limit);
            return delete.executeUpdate();
        });
    }
}
