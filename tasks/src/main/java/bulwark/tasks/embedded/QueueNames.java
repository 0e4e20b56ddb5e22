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
final class QueueNames {
    static final int PRIORITIES = 10;
    private static final long USED_EVERY_MS = 300_000;
    private static final int MAX_REMEMBERED = 10_000;

    private final Map<Name, Known> known = new HashMap<>();

    private record Name(String name, String consumer) {}

    static final class Known {
        final long id;
        private int priorities;
        private long usedAt;

        private Known(long id, int priorities, long usedAt) {
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

    Known queue(WriteTx tx, String name, long now) throws SQLException {
        return get(tx, new Name(name, ""), now);
    }

    /** The queue of one consumer of a channel. */
    Known channel(WriteTx tx, String name, String consumer, long now) throws SQLException {
        return get(tx, new Name(name, consumer), now);
    }

    private Known get(WriteTx tx, Name name, long now) throws SQLException {
        Known there = known.get(name);
        if (there == null) {
            there = load(tx, name, now);
            if (known.size() >= MAX_REMEMBERED) {
                known.clear();
            }
            known.put(name, there);
            tx.onRollback(known::clear);
        }
        if (there.usedAt < now - USED_EVERY_MS) {
            PreparedStatement use = tx.statement("UPDATE task_queues SET used_at = ? WHERE id = ?");
            use.setLong(1, now);
            use.setLong(2, there.id);
            use.executeUpdate();
            there.usedAt = now;
            tx.onRollback(known::clear);
        }
        return there;
    }

    private static Known load(WriteTx tx, Name name, long now) throws SQLException {
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
        return new Known(id, priorities, now);
    }

    /** After rows were removed. */
    void forget(WriteTx tx) {
        known.clear();
        tx.onRollback(known::clear);
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
