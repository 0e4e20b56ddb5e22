package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead letters in the store. Thread-safe, but for what takes a transaction. */
final class DeadLetterTable implements DeadLetterApi {
    private static final String COLUMNS =
            "SELECT l.id, q.name, l.task_id, l.message, l.fields, l.reason, l.meta, l.dead_at"
                    + " FROM task_dead_letters l JOIN task_queues q ON q.id = l.queue";

    private final StoreContext context;
    private final EntryTable entries;

    DeadLetterTable(StoreContext context, EntryTable entries) {
        this.context = context;
        this.entries = entries;
    }

    void add(WriteTx tx, StoreRpc.DeadLetterContent content, long queue, Instant now) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO task_dead_letters (queue, task_id, message, fields, reason, meta, dead_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, queue);
        insert.setString(2, content.taskId());
        insert.setString(3, content.message());
        insert.setString(4, content.fields());
        insert.setString(5, content.reason());
        insert.setString(6, content.meta());
        insert.setLong(7, StoreRpc.micros(now));
        insert.executeUpdate();
    }

    @Override
    public List<StoreRpc.StoredDeadLetter> newest(String queue, int offset, int limit, @Nullable Long sinceMicros) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE q.name = ? AND q.consumer = '' AND l.dead_at >= ?"
                    + " ORDER BY l.id DESC LIMIT ? OFFSET ?");
            select.setString(1, queue);
            select.setLong(2, since(sinceMicros));
            select.setInt(3, limit);
            select.setInt(4, offset);
            return deadLetters(select);
        });
    }

    private static long since(@Nullable Long micros) {
        return micros == null ? Long.MIN_VALUE : micros;
    }

    private static List<StoreRpc.StoredDeadLetter> deadLetters(PreparedStatement select) throws SQLException {
        List<StoreRpc.StoredDeadLetter> stored = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                StoreRpc.DeadLetterContent content = new StoreRpc.DeadLetterContent(
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7));
                stored.add(new StoreRpc.StoredDeadLetter(row.getLong(1), content, row.getLong(8)));
            }
        }
        return stored;
    }

    @Override
    public Optional<StoreRpc.StoredDeadLetter> one(String queue, @Nullable String taskId, @Nullable Long id) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE " + (id == null ? "l.task_id" : "l.id")
                    + " = ? AND q.name = ? AND q.consumer = '' ORDER BY l.id DESC LIMIT 1");
            select.setObject(1, id == null ? taskId : id);
            select.setString(2, queue);
            return deadLetters(select).stream().findFirst();
        });
    }

    @Override
    public List<StoreRpc.StoredDeadLetter> replayable(
            String queue, int limit, @Nullable Long sinceMicros, @Nullable String taskId, @Nullable Long id) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE q.name = ? AND q.consumer = '' AND l.dead_at >= ?"
                    + " AND CASE WHEN ?5 IS NOT NULL THEN l.id = ?5 WHEN ?3 IS NOT NULL THEN l.task_id = ?3"
                    + " ELSE l.message IS NOT NULL END ORDER BY l.id LIMIT ?4");
            select.setString(1, queue);
            select.setLong(2, since(sinceMicros));
            select.setObject(3, taskId);
            select.setInt(4, limit);
            select.setObject(5, id);
            return deadLetters(select);
        });
    }

    @Override
    public List<Boolean> replay(List<StoreRpc.Replay> replays, String once) {
        return context.store()
                .write(tx -> CallDeduplicator.run(tx, once, context.now(), () -> {
                    List<Boolean> done = new ArrayList<>(replays.size());
                    for (StoreRpc.Replay replay : replays) {
                        done.add(replay(tx, replay));
                    }
                    return done;
                }));
    }

    private boolean replay(WriteTx tx, StoreRpc.Replay replay) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM task_dead_letters WHERE id = ?");
        delete.setLong(1, replay.deadLetterId());
        if (delete.executeUpdate() == 0) {
            return false;
        }
        Instant now = context.clock().instant();
        PreparedStatement readmit = tx.statement("UPDATE task_results SET state = 'queued', updated_at = ?2,"
                + " body = json_set(body, '$.state', 'queued', '$.meta.lastReplayAt', ?3,"
                + " '$.meta.replayCount', coalesce(json_extract(body, '$.meta.replayCount'), 0) + 1,"
                + " '$.meta.lastReplayReason', ?4, '$.meta.lastReplayDelayMs', ?5, '$.meta.\"stem.envelope\"', ?7)"
                + " WHERE id = ?1 AND state IN ('succeeded', 'failed') AND expires_at > ?6");
        readmit.setString(1, replay.taskId());
        readmit.setLong(2, StoreRpc.micros(now));
        readmit.setString(3, bulwark.tasks.store.StatusTransitions.millis(now));
        readmit.setString(4, replay.reason());
        readmit.setLong(5, replay.delay());
        readmit.setLong(6, now.toEpochMilli());
        readmit.setString(7, replay.digest());
        readmit.executeUpdate();
        entries.put(tx, withDelay(replay, now.toEpochMilli()), now.toEpochMilli());
        var wakeups = context.wakeups();
        tx.afterCommit(() -> {
            wakeups.wake("queue:" + replay.publish().queue());
            wakeups.wake("task:" + replay.taskId());
        });
        return true;
    }

    private static StoreRpc.Publish withDelay(StoreRpc.Replay replay, long now) {
        StoreRpc.Publish publish = replay.publish();
        return new StoreRpc.Publish(publish.message(), publish.queue(), publish.priority(), now + replay.delay(), null);
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Long sinceMicros) {
        return context.store().write(tx -> {
            Long id = QueueTable.find((ReadTx) tx, queue);
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
