package bulwark.tasks.embedded;

import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.TakeLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of {@code task_entries}. Belongs to the writer thread. */
final class EntryTable {
    /** Longer messages are refused, and of planted ones no more is read. */
    static final int MAX_MESSAGE_CHARS = 16 << 20;

    private static final long MAX_LEASE_MS = Duration.ofDays(1).toMillis();
    /** At once; the rest comes at the next look. */
    private static final int MAX_RECEIVED_CHARS = 16 << 20;

    private final EntryIds ids = new EntryIds();
    private final QueueTable queueTable;

    EntryTable(QueueTable queueTable) {
        this.queueTable = queueTable;
    }

    void put(WriteTx tx, StoreRpc.Publish publish, long now) throws SQLException {
        QueueTable.CachedQueue queue = queueTable.queue(tx, publish.queue(), now);
        int priority = Math.clamp(publish.priority(), 0, QueueTable.PRIORITIES - 1);
        queue.add(priority);
        insert(tx, queue.id, priority, Math.max(now, publish.notBefore()), publish.message(), now);
    }

    void insert(WriteTx tx, long queue, int priority, long dueAt, String message, long now) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO task_entries (id, queue, priority, due_at, delivery, message, at_once)"
                        + " VALUES (?, ?, ?, ?, 0, ?, ?)");
        insert.setLong(1, ids.next(tx, now));
        insert.setLong(2, queue);
        insert.setInt(3, priority);
        insert.setLong(4, dueAt);
        insert.setString(5, message);
        insert.setInt(6, dueAt <= now ? 1 : 0);
        insert.executeUpdate();
    }

    /** Takes an entry out of its backlog, to be received before any other. Its new id tells its deliveries from those before it waited. */
    void admit(WriteTx tx, QueueTable.CachedQueue queue, long entry, long now) throws SQLException {
        int first = QueueTable.PRIORITIES - 1;
        queue.add(first);
        PreparedStatement update = tx.statement(
                "UPDATE task_entries SET id = ?, priority = ?, due_at = 0, backlog = NULL, limits_passed = 1 WHERE id = ?");
        update.setLong(1, ids.next(tx, now));
        update.setInt(2, first);
        update.setLong(3, entry);
        update.executeUpdate();
    }

    /** At the opening of the store, whose last owner's clock may have been ahead: nothing stays invisible for that. */
    static int correctTimes(WriteTx tx, long now) throws SQLException {
        int corrected = 0;
        for (String update : List.of(
                "UPDATE task_entries SET due_at = ?1"
                        + " WHERE at_once = 1 AND delivery = 0 AND backlog IS NULL AND due_at > ?1",
                "UPDATE task_entries SET due_at = ?1 + " + MAX_LEASE_MS + " WHERE delivery > 0 AND due_at > ?1 + "
                        + MAX_LEASE_MS,
                "UPDATE task_backlogs SET due_at = ?1 WHERE due_at > ?1")) {
            PreparedStatement statement = tx.statement(update);
            statement.setLong(1, now);
            corrected += statement.executeUpdate();
        }
        return corrected;
    }

    record DueEntry(
            long id,
            long delivery,
            String message,
            @Nullable String deaths,
            boolean limitsPassed) {
        boolean suspect() {
            return TakeLimits.suspect(delivery - 1);
        }
    }

    /** By priority, then by the time since which they are visible; they are the consumer's afterwards. */
    List<DueEntry> receive(
            WriteTx tx, QueueTable.CachedQueue queue, StoreRpc.Poll poll, int max, boolean suspects, long now)
            throws SQLException {
        List<DueEntry> taken = new ArrayList<>();
        boolean oneMore = suspects;
        long room = MAX_RECEIVED_CHARS;
        for (int priority = QueueTable.PRIORITIES - 1; priority >= 0 && taken.size() < max && room > 0; priority--) {
            if (queue.has(priority)) {
                List<DueEntry> visible = visible(tx, queue.id, priority, max - taken.size(), room, oneMore, now);
                oneMore = oneMore && visible.stream().noneMatch(DueEntry::suspect);
                for (DueEntry found : visible) {
                    lease(tx, found, poll, now);
                    room -= found.message.length();
                }
                taken.addAll(visible);
            }
        }
        return taken;
    }

    private static List<DueEntry> visible(
            WriteTx tx, long queue, int priority, int max, long room, boolean suspects, long now) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT id, delivery, CASE WHEN octet_length(message) <= " + MAX_MESSAGE_CHARS
                        + " THEN message ELSE substr(message, 1, " + (MAX_MESSAGE_CHARS + 1)
                        + ") END, substr(holder, 1, " + HolderDeath.MAX_WORKER_CHARS
                        + "), substr(deaths, -" + HolderDeath.MAX_LINES_CHARS + "), limits_passed FROM task_entries"
                        + " WHERE queue = ? AND priority = ? AND due_at <= ? AND delivery <= ?"
                        + " ORDER BY due_at, delivery, id LIMIT ?");
        select.setLong(1, queue);
        select.setInt(2, priority);
        select.setLong(3, now);
        select.setLong(4, mostDeliveries(suspects));
        select.setInt(5, max);
        List<DueEntry> found = new ArrayList<>();
        boolean oneMore = suspects;
        long left = room;
        try (ResultSet rows = select.executeQuery()) {
            while (left > 0 && rows.next()) {
                long delivered = rows.getLong(2);
                if (TakeLimits.suspect(delivered) && !oneMore) {
                    continue;
                }
                oneMore = oneMore && !TakeLimits.suspect(delivered);
                String message = rows.getString(3);
                left -= message.length();
                found.add(new DueEntry(
                        rows.getLong(1), delivered + 1, message, deaths(rows, delivered, now), rows.getInt(6) == 1));
            }
        }
        return found;
    }

    private static long mostDeliveries(boolean suspects) {
        return suspects ? Long.MAX_VALUE : TakeLimits.SUSPECT_AFTER - 1L;
    }

    private static @Nullable String deaths(ResultSet row, long delivered, long now) throws SQLException {
        if (delivered == 0) {
            return null;
        }
        HolderDeath last = new HolderDeath(delivered, String.valueOf(row.getString(4)), Instant.ofEpochMilli(now));
        return last.appendedTo(row.getString(5));
    }

    private static void lease(WriteTx tx, DueEntry found, StoreRpc.Poll poll, long now) throws SQLException {
        if (found.deaths != null) {
            PreparedStatement died = tx.statement("UPDATE task_entries SET deaths = ? WHERE id = ?");
            died.setString(1, found.deaths);
            died.setLong(2, found.id);
            died.executeUpdate();
        }
        PreparedStatement hold =
                tx.statement("UPDATE task_entries SET due_at = ?, delivery = ?, holder = ? WHERE id = ?");
        hold.setLong(1, now + poll.lease());
        hold.setLong(2, found.delivery);
        hold.setString(3, poll.consumer());
        hold.setLong(4, found.id);
        hold.executeUpdate();
    }

    /** When something becomes visible next; {@link Long#MAX_VALUE} for never. */
    long nextDue(WriteTx tx, QueueTable.CachedQueue queue, boolean suspects) throws SQLException {
        long next = Long.MAX_VALUE;
        PreparedStatement first =
                tx.statement("SELECT due_at FROM task_entries WHERE queue = ? AND priority = ? AND delivery <= ?"
                        + " ORDER BY due_at LIMIT 1");
        for (int priority = 0; priority < QueueTable.PRIORITIES; priority++) {
            if (queue.has(priority)) {
                first.setLong(1, queue.id);
                first.setInt(2, priority);
                first.setLong(3, mostDeliveries(suspects));
                try (ResultSet row = first.executeQuery()) {
                    next = row.next() ? Math.min(next, row.getLong(1)) : next;
                }
            }
        }
        return next;
    }

    boolean renew(WriteTx tx, StoreRpc.Lease lease, long until) throws SQLException {
        PreparedStatement renew =
                tx.statement("UPDATE task_entries SET due_at = ? WHERE id = ? AND holder = ? AND delivery = ?");
        renew.setLong(1, until);
        bind(renew, 2, lease);
        return renew.executeUpdate() == 1;
    }

    /** @return false when it is not held so, and then nothing was removed */
    boolean remove(WriteTx tx, StoreRpc.Lease lease) throws SQLException {
        PreparedStatement remove =
                tx.statement("DELETE FROM task_entries WHERE id = ? AND holder = ? AND delivery = ?");
        bind(remove, 1, lease);
        return remove.executeUpdate() == 1;
    }

    /** @return the row of its queue, or null when it is not held so, and then nothing was removed */
    @Nullable
    Long removeFrom(WriteTx tx, StoreRpc.Lease lease) throws SQLException {
        PreparedStatement remove =
                tx.statement("DELETE FROM task_entries WHERE id = ? AND holder = ? AND delivery = ? RETURNING queue");
        bind(remove, 1, lease);
        try (ResultSet row = remove.executeQuery()) {
            return row.next() ? (Long) row.getLong(1) : null;
        }
    }

    static void bind(PreparedStatement statement, int first, StoreRpc.Lease lease) throws SQLException {
        statement.setLong(first, lease.id());
        statement.setString(first + 1, lease.consumer());
        statement.setLong(first + 2, lease.delivery());
    }
}
