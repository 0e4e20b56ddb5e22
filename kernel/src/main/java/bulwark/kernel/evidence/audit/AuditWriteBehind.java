package bulwark.kernel.evidence.audit;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that nobody waits for: a bounded queue, a thread that writes it every 200 ms or when 1,000 rows wait, and a count of
 * what did not fit. A store that refuses (full disk) leaves the rows here for the next round. Thread-safe.
 */
final class AuditWriteBehind {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWriteBehind.class);
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int FLUSH_THRESHOLD = 1_000;
    private static final int MAX_QUEUED = 20_000;
    /** Rows per transaction: other writers wait behind it. */
    private static final int CHUNK = 250;

    private final Store store;
    private final String table;
    private final AuditLog log;
    private final Clock clock;
    private final List<RefusalRateLimit> refusals;
    private final ArrayBlockingQueue<PendingAuditRow> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final ReentrantLock overflowLock = new ReentrantLock();
    private final SuppressedCounts overflow = new SuppressedCounts();
    private final ReentrantLock flushing = new ReentrantLock();
    private final List<PendingAuditRow> unwritten = new ArrayList<>();
    private final EssentialThread thread;
    private volatile boolean closed;
    private volatile @Nullable String problem;
    private volatile @Nullable String lost;

    AuditWriteBehind(Store store, String table, AuditLog log, Clock clock, List<RefusalRateLimit> refusals) {
        this.store = store;
        this.table = table;
        this.log = log;
        this.clock = clock;
        this.refusals = refusals;
        this.thread = EssentialThread.platform("audit-later " + table, this::run);
    }

    /** Null while every row is written within moments. */
    @Nullable
    String problem() {
        return lost != null ? lost : problem;
    }

    void start() {
        thread.start();
    }

    void add(AuditEvent event) {
        if (!queue.offer(PendingAuditRow.of(event, clock.instant()))) {
            overflowLock.lock();
            try {
                overflow.add(SuppressedCounts.Key.of(event, null), 1);
            } finally {
                overflowLock.unlock();
            }
        }
        if (queue.size() >= FLUSH_THRESHOLD) {
            LockSupport.unpark(thread.thread());
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, ROUND_NANOS);
            try {
                flush(false);
                if (problem != null) {
                    LOG.info("The store takes audit rows again.");
                    problem = null;
                }
            } catch (RuntimeException e) {
                if (problem == null && !closed) {
                    LOG.warn("Audit rows wait in memory, the store does not take them: {}", e.getMessage());
                }
                problem = "audit rows of " + table + " wait in memory, the store does not take them: " + e.getMessage();
            }
        }
    }

    /** @param unfinished also writes the counts of the current minute */
    void flush(boolean unfinished) {
        flushing.lock();
        try {
            // While the store refuses, counts go on in their bounded maps instead of becoming ever more rows.
            if (unwritten.size() < MAX_QUEUED) {
                for (RefusalRateLimit limit : refusals) {
                    limit.drain(clock.instant(), unfinished).forEach(this::addUnwritten);
                }
                drainOverflow().forEach(this::addUnwritten);
                // What comes in meanwhile waits for the next round: a busy node must not keep a flush for ever.
                queue.drainTo(unwritten, MAX_QUEUED);
            }
            while (!unwritten.isEmpty()) {
                List<PendingAuditRow> chunk = unwritten.subList(0, Math.min(CHUNK, unwritten.size()));
                write(List.copyOf(chunk));
                chunk.clear();
            }
        } finally {
            flushing.unlock();
        }
    }

    private void addUnwritten(AuditEvent event) {
        unwritten.add(PendingAuditRow.of(event, clock.instant()));
    }

    private List<AuditEvent> drainOverflow() {
        overflowLock.lock();
        try {
            return overflow.drain();
        } finally {
            overflowLock.unlock();
        }
    }

    private void write(List<PendingAuditRow> rows) {
        try {
            store.write(tx -> {
                for (PendingAuditRow row : rows) {
                    log.append(tx, row);
                }
                return rows.size();
            });
        } catch (StoreFailed e) {
            throw e;
        } catch (RuntimeException e) {
            if (rows.size() > 1) {
                rows.forEach(row -> write(List.of(row)));
            } else {
                LOG.error(
                        "An audit row of type {} could not be written and is lost.",
                        rows.getFirst().type(),
                        e);
                lost = "audit rows of " + table + " could not be written and are lost: " + e.getMessage();
            }
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread.thread());
        try {
            thread.thread().join();
            flush(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreFailed e) {
            LOG.error("Audit rows that were waiting are lost: {}", e.getMessage());
        }
    }
}
