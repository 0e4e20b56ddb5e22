package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.LimitedStart.LimitDecision;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.store.JointLimit;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rows of {@code task_backlogs}, and the entries that wait there for their limits. Belongs to the writer thread. */
final class BacklogTable {
    /** Of an entry that waits in a backlog: no clock comes so far. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final StoreContext context;

    BacklogTable(StoreContext context) {
        this.context = context;
    }

    LimitDecision limit(WriteTx tx, QueueTable.CachedQueue queue, StoreRpc.LimitedRun start) throws SQLException {
        if (!SqliteQueues.isLeased(tx, start.lease())) {
            return LimitDecision.LEASE_LOST;
        }
        Long backlog = find(tx, queue.id, start.backlog());
        if (backlog == null) {
            JointLimit.Step step = SqliteRates.step(tx, start.limits(), context);
            if (step.granted()) {
                return LimitDecision.START;
            }
            backlog = insert(tx, queue.id, start, dueAt(step.delay()));
        } else {
            update(tx, backlog, json(start.limits()));
        }
        layAside(tx, start.lease(), backlog);
        return LimitDecision.LAID_ASIDE;
    }

    private long dueAt(long nanos) {
        return context.now() + (nanos + 999_999) / 1_000_000;
    }

    private static @Nullable Long find(WriteTx tx, long queue, String name) throws SQLException {
        PreparedStatement find = tx.statement("SELECT id FROM task_backlogs WHERE queue = ? AND name = ?");
        find.setLong(1, queue);
        find.setString(2, name);
        try (ResultSet row = find.executeQuery()) {
            return row.next() ? (Long) row.getLong(1) : null;
        }
    }

    private static Long insert(WriteTx tx, long queue, StoreRpc.LimitedRun start, long dueAt) throws SQLException {
        PreparedStatement insert = tx.statement(
                "INSERT INTO task_backlogs (queue, name, limits, due_at) VALUES (?, ?, ?, ?) RETURNING id");
        insert.setLong(1, queue);
        insert.setString(2, start.backlog());
        insert.setString(3, json(start.limits()));
        insert.setLong(4, dueAt);
        try (ResultSet row = insert.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The newest count: an author may have changed them. */
    private static void update(WriteTx tx, long backlog, String limits) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE task_backlogs SET limits = ?1 WHERE id = ?2 AND limits <> ?1");
        update.setString(1, limits);
        update.setLong(2, backlog);
        update.executeUpdate();
    }

    private static String json(List<StartLimit> limits) {
        return StrictJson.text(limits.stream()
                .map(limit -> List.of(
                        limit.key(), limit.limit(), Math.max(1, limit.per().toMillis())))
                .toList());
    }

    private static List<StartLimit> limits(String json) {
        List<StartLimit> limits = new ArrayList<>();
        for (JsonNode limit : StrictJson.parse(json.getBytes(StandardCharsets.UTF_8))) {
            Duration per = Duration.ofMillis(limit.path(2).asLong(1));
            limits.add(new StartLimit(limit.path(0).asString(""), limit.path(1).asInt(0), per));
        }
        return limits;
    }

    private static void layAside(WriteTx tx, StoreRpc.Lease lease, long backlog) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE task_entries SET backlog = ?, due_at = " + NEVER
                + ", delivery = 0, holder = NULL, deaths = NULL WHERE id = ?");
        update.setLong(1, backlog);
        update.setLong(2, lease.id());
        update.executeUpdate();
    }

    private record DueBacklog(long id, List<StartLimit> limits) {}

    /** Makes visible, before anything else of the queue, at most so many entries that may start; the start of each is taken. */
    void admit(WriteTx tx, QueueTable.CachedQueue queue, EntryTable entries, int most) throws SQLException {
        int left = most;
        for (DueBacklog backlog : due(tx, queue.id)) {
            while (left > 0) {
                Long first = first(tx, backlog.id);
                if (first == null) {
                    delete(tx, backlog.id);
                    break;
                }
                JointLimit.Step step = SqliteRates.step(tx, backlog.limits, context);
                if (step.granted()) {
                    entries.admit(tx, queue, first, context.now());
                    left--;
                }
                if (step.next() > 0) {
                    postpone(tx, backlog.id, dueAt(step.next()));
                    break;
                }
            }
        }
    }

    private List<DueBacklog> due(WriteTx tx, long queue) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT id, limits FROM task_backlogs WHERE queue = ? AND due_at <= ? ORDER BY due_at");
        select.setLong(1, queue);
        select.setLong(2, context.now());
        List<DueBacklog> due = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                due.add(new DueBacklog(rows.getLong(1), limits(rows.getString(2))));
            }
        }
        return due;
    }

    private static @Nullable Long first(WriteTx tx, long backlog) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT id FROM task_entries WHERE backlog = ? ORDER BY priority DESC, id LIMIT 1");
        select.setLong(1, backlog);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? (Long) row.getLong(1) : null;
        }
    }

    private static void delete(WriteTx tx, long backlog) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM task_backlogs WHERE id = ?");
        delete.setLong(1, backlog);
        delete.executeUpdate();
    }

    private static void postpone(WriteTx tx, long backlog, long dueAt) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE task_backlogs SET due_at = ? WHERE id = ?");
        update.setLong(1, dueAt);
        update.setLong(2, backlog);
        update.executeUpdate();
    }

    /** When something may come out of a backlog of the queue; {@link Long#MAX_VALUE} for never. */
    static long nextDue(WriteTx tx, QueueTable.CachedQueue queue) throws SQLException {
        PreparedStatement select = tx.statement("SELECT min(due_at) FROM task_backlogs WHERE queue = ?");
        select.setLong(1, queue.id);
        try (ResultSet row = select.executeQuery()) {
            long due = row.next() ? row.getLong(1) : 0;
            return due == 0 ? Long.MAX_VALUE : due;
        }
    }
}
