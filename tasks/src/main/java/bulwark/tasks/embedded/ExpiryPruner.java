package bulwark.tasks.embedded;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes away what is over, at intervals and in small steps, so that the file stays as large as what is alive. */
final class ExpiryPruner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryPruner.class);
    static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final int STEP = 500;
    private static final int BROADCASTS_KEPT = 4_096;
    private static final long HOUR = 3_600_000;

    /** ?1 = now in ms, ?2 = rows at once. */
    private static final List<String> STEPS = List.of(
            "DELETE FROM task_results WHERE id IN (SELECT id FROM task_results WHERE expires_at <= ?1 LIMIT ?2)",
            "DELETE FROM task_identities WHERE identity IN"
                    + " (SELECT identity FROM task_identities WHERE expires_at <= ?1 LIMIT ?2)",
            "DELETE FROM task_groups WHERE id IN (SELECT id FROM task_groups WHERE expires_at <= ?1 LIMIT ?2)",
            "DELETE FROM task_heartbeats WHERE worker_id IN"
                    + " (SELECT worker_id FROM task_heartbeats WHERE expires_at <= ?1 LIMIT ?2)",
            "DELETE FROM task_locks WHERE key IN (SELECT key FROM task_locks WHERE until <= ?1 LIMIT ?2)",
            "DELETE FROM task_rates WHERE key IN"
                    + " (SELECT key FROM task_rates WHERE arrival <= ?1 * 1000000 LIMIT ?2)");

    /** Consumers of broadcasts that are gone, replies that nobody fetched, and queues that were empty for a month. */
    private static final String QUEUES = "DELETE FROM task_queues WHERE id IN (SELECT id FROM task_queues q WHERE"
            + " (consumer <> '' AND used_at <= ?1 - " + HOUR + ")"
            + " OR (consumer = '' AND name LIKE '%.control.reply.%' AND used_at <= ?1 - " + HOUR + ")"
            + " OR (used_at <= ?1 - " + 720 * HOUR
            + " AND NOT EXISTS (SELECT 1 FROM task_entries e WHERE e.queue = q.id)"
            + " AND NOT EXISTS (SELECT 1 FROM task_dead_letters l WHERE l.queue = q.id)) LIMIT ?2)";

    private final StoreContext context;
    private final QueueTable queueTable;
    private final Duration interval;
    private final Semaphore stop = new Semaphore(0);
    private final EssentialThread thread;

    ExpiryPruner(StoreContext context, QueueTable queueTable, Duration interval) {
        this.context = context;
        this.interval = interval;
        this.queueTable = queueTable;
        this.thread = EssentialThread.virtual("task-store-pruning", this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stop.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    prune();
                } catch (StoreFailed | IllegalStateException e) {
                    LOG.warn("Expired rows could not be pruned: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One whole round. */
    void prune() {
        long now = context.now();
        for (String step : STEPS) {
            while (context.store().write(tx -> step(tx, step, now)) == STEP) {}
        }
        context.store().write(tx -> {
            int gone = step(tx, QUEUES, now);
            if (gone > 0) {
                queueTable.evict(tx);
            }
            return gone;
        });
        context.store().write(this::trimBroadcasts);
    }

    private static int step(WriteTx tx, String sql, long now) throws SQLException {
        PreparedStatement delete = tx.statement(sql);
        delete.setLong(1, now);
        delete.setInt(2, STEP);
        return delete.executeUpdate();
    }

    /** The newest of each consumer stay. */
    private int trimBroadcasts(WriteTx tx) throws SQLException {
        List<Long> queues = new ArrayList<>();
        try (ResultSet rows =
                tx.statement("SELECT id FROM task_queues WHERE consumer <> ''").executeQuery()) {
            while (rows.next()) {
                queues.add(rows.getLong(1));
            }
        }
        int gone = 0;
        for (long queue : queues) {
            PreparedStatement delete = tx.statement("DELETE FROM task_entries WHERE queue = ?1 AND priority = 0"
                    + " AND delivery = 0 AND due_at < (SELECT due_at FROM task_entries WHERE queue = ?1"
                    + " AND priority = 0 ORDER BY due_at DESC LIMIT 1 OFFSET " + BROADCASTS_KEPT + ")");
            delete.setLong(1, queue);
            gone += delete.executeUpdate();
        }
        return gone;
    }

    @Override
    public void close() {
        stop.release();
    }
}
