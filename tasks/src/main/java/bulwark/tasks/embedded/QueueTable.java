package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code task_queues} by name, remembered. Belongs to the writer thread. */
final class QueueTable {
    static final int PRIORITIES = 10;
    private static final long USED_EVERY_MS = 300_000;
    private static final int MAX_REMEMBERED = 10_000;

    private final Map<Name, CachedQueue> cache = new HashMap<>();

    private record Name(String name, String consumer) {}

    static final class CachedQueue {
        final long id;
        private int priorities;
        private long usedAt;

        private CachedQueue(long id, int priorities, long usedAt) {
            this.id = id;
            this.priorities = priorities;
            this.usedAt = usedAt;
        }

        /** Whether entries of that priority were ever put here. */
        boolean has(int priority) {
            return (priorities & 1 << priority) != 0;
        }

        void add(int priority) {
            priorities |= 1 << priority;
        }
    }

    CachedQueue queue(WriteTx tx, String name, long now) throws SQLException {
        return get(tx, new Name(name, ""), now);
    }

    /** The queue of one consumer of a channel. */
    CachedQueue channel(WriteTx tx, String name, String consumer, long now) throws SQLException {
        return get(tx, new Name(name, consumer), now);
    }

    private CachedQueue get(WriteTx tx, Name name, long now) throws SQLException {
        CachedQueue there = cache.get(name);
        if (there == null) {
            there = load(tx, name, now);
            if (cache.size() >= MAX_REMEMBERED) {
                cache.clear();
            }
            cache.put(name, there);
            tx.onRollback(cache::clear);
        }
        if (there.usedAt < now - USED_EVERY_MS) {
            PreparedStatement use = tx.statement("UPDATE task_queues SET used_at = ? WHERE id = ?");
            use.setLong(1, now);
            use.setLong(2, there.id);
            use.executeUpdate();
            there.usedAt = now;
            tx.onRollback(cache::clear);
        }
        return there;
    }

    private static CachedQueue load(WriteTx tx, Name name, long now) throws SQLException {
        PreparedStatement make = tx.statement("INSERT INTO task_queues (name, consumer, used_at) VALUES (?, ?, ?)"
                + " ON CONFLICT (name, consumer) DO UPDATE SET used_at = excluded.used_at RETURNING id");
        make.setString(1, name.name);
        make.setString(2, name.consumer);
        make.setLong(3, now);
        long id;
        try (ResultSet row = make.executeQuery()) {
            row.next();
            id = row.getLong(1);
        }
        int priorities = 0;
        PreparedStatement probe =
                tx.statement("SELECT EXISTS (SELECT 1 FROM task_entries WHERE queue = ? AND priority = ?)");
        for (int priority = 0; priority < PRIORITIES; priority++) {
            probe.setLong(1, id);
            probe.setInt(2, priority);
            try (ResultSet row = probe.executeQuery()) {
                priorities |= row.next() && row.getBoolean(1) ? 1 << priority : 0;
            }
        }
        return new CachedQueue(id, priorities, now);
    }

    /** After rows were removed. */
    void evict(WriteTx tx) {
        cache.clear();
        tx.onRollback(cache::clear);
    }

    /** For readers. @return the id of the queue, or null */
    static @Nullable Long find(ReadTx tx, String name) throws SQLException {
        PreparedStatement find = tx.statement("SELECT id FROM task_queues WHERE name = ? AND consumer = ''");
        find.setString(1, name);
        try (ResultSet row = find.executeQuery()) {
            return row.next() ? (Long) row.getLong(1) : null;
        }
    }
}
