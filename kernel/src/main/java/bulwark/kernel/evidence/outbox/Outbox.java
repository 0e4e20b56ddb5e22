package bulwark.kernel.evidence.outbox;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Effects that follow a committed change. One worker thread; at least once, so handlers are idempotent; failed ones are retried
 * with backoff (50 ms doubling to one minute, per row: one that fails does not hold up the others); start-up carries on where a
 * crash stopped. Rows stay after they are done, so that a key is never carried out twice. Thread-safe.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int PAGE = 200;
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofMinutes(1));
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Store store;
    private final Clock clock;
    private final Map<String, Effect> handlers = new ConcurrentHashMap<>();
    private final Map<Long, RetryTime> waiting = new HashMap<>();
    private final Map<Long, FailingRow> failing = new ConcurrentHashMap<>();
    private final List<RefusedRow> listeners = new CopyOnWriteArrayList<>();
    private final Semaphore work = new Semaphore(1);
    private final Runnable wake = this::wake;
    private final EssentialThread worker = EssentialThread.platform("outbox", this::run);
    private volatile boolean closed;

    private Outbox(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    public static Outbox open(Store store, Clock clock) {
        return new Outbox(store, clock);
    }

    /** Registers the effect of a kind; before {@link #start()}. */
    public void handle(String kind, Handler handler) {
        handle(kind, PAUSES.max(), handler);
    }

    /** @param maxPause between two attempts at one row */
    public void handle(String kind, Duration maxPause, Handler handler) {
        Duration max = maxPause.compareTo(PAUSES.first()) < 0 ? PAUSES.first() : maxPause;
        if (handlers.putIfAbsent(kind, new Effect(handler, new Backoff(PAUSES.first(), max))) != null) {
            throw new IllegalArgumentException("two handlers for outbox kind " + kind);
        }
    }

    /** Why health is red: a row has been failing for longer than {@link HeadSigner#MAX_DELAY}; else null. */
    public @Nullable String problem() {
        if (failing.isEmpty()) {
            return null;
        }
        long now = System.nanoTime();
        return failing.values().stream()
                .filter(row -> now - row.since() >= HeadSigner.MAX_DELAY.toNanos())
                .findFirst()
                .map(row ->
                        "outbox row " + row.row().id() + " of kind " + row.row().kind() + " fails: " + row.error())
                .orElse(null);
    }

    /** Told of each row that is refused for good; on the outbox's thread. */
    public void onRefused(RefusedRow listener) {
        listeners.add(listener);
    }

    /** Sees a row that is refused for good. */
    @FunctionalInterface
    public interface RefusedRow {
        void refused(long id, String kind, String sentence);
    }

    private record Effect(Handler handler, Backoff pauses) {}

    private record FailingRow(OutboxRows.Open row, long since, String error) {}

    public void start() {
        worker.start();
    }

    /** In the caller's transaction; a second row with the same kind and key is ignored. @param payload JSON text */
    public void enqueue(WriteTx tx, String kind, String dedupeKey, String payload) throws SQLException {
        OutboxRows.insert(tx, kind, dedupeKey, payload, Timestamps.offset(clock.instant()));
        tx.afterCommit(wake);
    }

    /** Waits until nothing is open or the deadline passes; for tests and graceful stop. */
    public boolean drain(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (store.read(OutboxRows::anyOpen)) {
            if (System.nanoTime() - end >= 0 || closed) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** A handler in its work is interrupted; its row stays open for the next start. */
    @Override
    public void close() {
        closed = true;
        worker.thread().interrupt();
        worker.awaitEnd(STOP_TIMEOUT);
    }

    private void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (work.tryAcquire(untilNextRetry(), TimeUnit.NANOSECONDS)) {
                    work.drainPermits();
                }
                pass();
            } catch (InterruptedException e) {
                // Only close() interrupts; it has set the flag.
                continue;
            } catch (StoreFailed e) {
                retryPassLater(e);
            } catch (RuntimeException e) {
                LOG.error("A pass over the outbox failed.", e);
                retryPassLater(e);
            }
        }
    }

    private void retryPassLater(RuntimeException why) {
        if (!closed) {
            LOG.warn("The outbox waits for the store: {}", why.getMessage());
            waiting.computeIfAbsent(0L, ignored -> new RetryTime()).failed(PAUSES);
        }
    }

    private long untilNextRetry() {
        long now = System.nanoTime();
        long next = PAUSES.max().toNanos();
        for (RetryTime retry : waiting.values()) {
            next = Math.min(next, retry.notBefore - now);
        }
        return Math.max(next, 0);
    }

    private void pass() throws InterruptedException {
        long after = 0;
        Set<Long> open = new HashSet<>();
        while (!closed) {
            long from = after;
            List<OutboxRows.Open> page = store.read(tx -> OutboxRows.openAfter(tx, from, PAGE));
            if (page.isEmpty()) {
                break;
            }
            page.forEach(row -> open.add(row.id()));
            carryOut(page);
            after = page.getLast().id();
        }
        // Also ends the wait for the store itself, which has no row.
        waiting.keySet().retainAll(open);
        failing.keySet().retainAll(open);
    }

    /** The results of a page share one transaction. */
    private void carryOut(List<OutboxRows.Open> page) throws InterruptedException {
        Map<Long, Outcome> outcomes = new HashMap<>();
        try {
            for (OutboxRows.Open row : page) {
                Effect effect = handlers.get(row.kind());
                RetryTime retry = waiting.get(row.id());
                if (effect != null && !closed && (retry == null || retry.isReached())) {
                    outcomes.put(row.id(), carryOut(row, effect));
                }
            }
        } finally {
            record(outcomes);
        }
    }

    /** @param done whether the row is settled, also by a refusal; error null when it worked */
    private record Outcome(boolean done, @Nullable String error) {}

    private Outcome carryOut(OutboxRows.Open row, Effect effect) throws InterruptedException {
        try {
            effect.handler.run(row.dedupeKey(), row.payload());
            waiting.remove(row.id());
            failing.remove(row.id());
            return new Outcome(true, null);
        } catch (InterruptedException e) {
            throw e;
        } catch (OutboxRefused e) {
            LOG.error("Outbox row {} of kind {} is refused for good: {}", row.id(), row.kind(), e.getMessage());
            listeners.forEach(listener -> listener.refused(row.id(), row.kind(), String.valueOf(e.getMessage())));
            return new Outcome(true, "refused: " + e.getMessage());
        } catch (Exception | Error e) {
            if (closed) {
                throw new InterruptedException("closing");
            }
            RetryTime retry = waiting.computeIfAbsent(row.id(), ignored -> new RetryTime());
            if (retry.failures == 0) {
                LOG.warn(
                        "Outbox row {} of kind {} failed and will be retried: {}",
                        row.id(),
                        row.kind(),
                        e.getMessage());
            }
            retry.failed(effect.pauses);
            String error = e.getClass().getSimpleName() + ": " + e.getMessage();
            failing.compute(
                    row.id(),
                    (id, before) -> new FailingRow(row, before == null ? System.nanoTime() : before.since, error));
            return new Outcome(false, error);
        }
    }

    private void record(Map<Long, Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        String now = Timestamps.offset(clock.instant());
        store.write(tx -> {
            for (Map.Entry<Long, Outcome> entry : outcomes.entrySet()) {
                Outcome outcome = entry.getValue();
                String error = outcome.error;
                if (outcome.done) {
                    OutboxRows.markDone(tx, entry.getKey(), now, error);
                } else if (error != null) {
                    OutboxRows.markFailed(tx, entry.getKey(), error);
                }
            }
            return outcomes.size();
        });
    }

    /** Throws to be retried, or {@link OutboxRefused} to be left alone for good. */
    @FunctionalInterface
    public interface Handler {
        void run(String dedupeKey, String payload) throws Exception;
    }

    /** Monotonic time: a retry must not depend on the wall clock. */
    private static final class RetryTime {
        private int failures;
        private long notBefore;

        void failed(Backoff pauses) {
            failures++;
            notBefore = System.nanoTime() + pauses.pause(failures).toNanos();
        }

        boolean isReached() {
            return System.nanoTime() - notBefore >= 0;
        }
    }
}
