package bulwark.kernel.postgresql;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Store.WriterStats;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The only thread of this process that writes: takes what is queued, runs it in one transaction and answers after the commit. Each
 * transaction first takes the lock of all writers, so that the writes of all processes follow each other and see each other. Thread-safe.
 */
final class PostgresWriter {
    private static final int MAX_BATCH = 256;
    private static final int MAX_QUEUED = 65_536;
    private static final int MAX_ATTEMPTS = 3;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final WriterConnection connection;
    private final PostgresTimeouts timeouts;
    private final PostgresHealth health;
    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final LongAdder commits = new LongAdder();
    private final LongAdder jobs = new LongAdder();
    private final EssentialThread thread;
    private volatile boolean stopped;

    PostgresWriter(PostgresConnections connections, PostgresTimeouts timeouts, PostgresHealth health) {
        this.connection = new WriterConnection(connections);
        this.timeouts = timeouts;
        this.health = health;
        this.thread =
                EssentialThread.platform("store-writer " + connections.url().database(), this::run);
    }

    void start() {
        thread.start();
    }

    <T extends @Nullable Object> CompletableFuture<T> submit(WriteJob<T> work) {
        if (Thread.currentThread() == thread.thread()) {
            throw new IllegalStateException("A write job must not wait for another write.");
        }
        Job<T> job = new Job<>(work);
        String down = health.problem();
        if (stopped) {
            job.completeExceptionally(closed());
        } else if (down != null) {
            job.completeExceptionally(new StoreFailed(down + " Nothing was written: repeat the request.", null));
        } else if (!queue.offer(job)) {
            job.completeExceptionally(
                    new StoreFailed("Too many writes are waiting for the database; repeat later.", null));
        } else if (stopped && queue.remove(job)) {
            job.completeExceptionally(closed());
        }
        return job.orTimeout(timeouts.answer().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(thrown -> {
                    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
                    if (cause instanceof TimeoutException) {
                        health.suspect();
                        throw job.tooLate();
                    }
                    throw cause instanceof RuntimeException e ? e : new CompletionException(cause);
                });
    }

    private static StoreFailed closed() {
        return new StoreFailed("The store is closed.", null);
    }

    WriterStats stats() {
        return new WriterStats(commits.sum(), jobs.sum(), queue.size());
    }

    /** Finishes what is queued. */
    void stop() {
        stopped = true;
        thread.awaitEnd(CLOSE_TIMEOUT);
        failQueued();
        connection.close();
    }

    private void run() {
        List<Job<?>> batch = new ArrayList<>(MAX_BATCH);
        while (!stopped || !queue.isEmpty()) {
            batch.clear();
            try {
                Job<?> first = queue.poll(50, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, MAX_BATCH - 1);
                batch.removeIf(CompletableFuture::isDone);
                runBatch(batch, 1);
            } catch (InterruptedException e) {
                stopped = true;
            } catch (RuntimeException | Error e) {
                connection.discard();
                RuntimeException told = new StoreFailed("The writer of the store failed: repeat the request.", e);
                batch.forEach(job -> job.completeExceptionally(told));
                throw e;
            }
        }
        failQueued();
    }

    private void runBatch(List<Job<?>> batch, int attempt) {
        if (batch.isEmpty()) {
            return;
        }
        PostgresTx tx = null;
        WriterConnection.Begun begun = null;
        boolean committing = false;
        try {
            Connection open = connection.get();
            tx = new PostgresTx(open, 0);
            begun = WriterConnection.lockAllWriters(open);
            for (Job<?> job : batch) {
                if (!tryJob(job, tx)) {
                    undo(tx);
                    job.answer();
                    runEachAlone(batch, job);
                    return;
                }
            }
            committing = true;
            open.commit();
        } catch (SQLException e) {
            if (tx != null) {
                failed(batch, tx, e, committing ? begun : null, attempt);
            } else {
                health.suspect();
                failAll(
                        batch,
                        new StoreFailed("The database cannot be reached: nothing was written; repeat the request.", e));
            }
            return;
        }
        succeeded(batch, tx, begun);
    }

    private void succeeded(List<Job<?>> batch, PostgresTx tx, WriterConnection.Begun begun) {
        health.committed(begun.batch());
        commits.increment();
        jobs.add(batch.size());
        tx.committed();
        batch.forEach(Job::answer);
    }

    /** @return whether the transaction can go on */
    private boolean tryJob(Job<?> job, PostgresTx tx) throws SQLException {
        tx.startJob();
        try {
            job.run(tx);
            return true;
        } catch (Throwable thrown) {
            if (PostgresErrors.isConnectionLost(thrown) || PostgresErrors.isToRepeat(thrown)) {
                throw thrown instanceof SQLException e
                        ? e
                        : new SQLException("A write failed.", PostgresErrors.state(thrown), thrown);
            }
            job.failed(PostgresErrors.translate(thrown));
            // A statement that failed ends the whole transaction.
            if (tx.jobChangedSomething() || !PostgresErrors.state(thrown).isEmpty()) {
                return false;
            }
            tx.dropJob();
            return true;
        } finally {
            tx.closeStatements();
        }
    }

    /** What a refused job saw may be gone with the batch, so those that were refused run again too. */
    private void runEachAlone(List<Job<?>> batch, @Nullable Job<?> offender) {
        for (Job<?> job : batch) {
            if (job != offender && !job.isDone()) {
                runBatch(List.of(job), 1);
            }
        }
    }

    /** @param begun the transaction whose commit was asked for; null when it was not */
    private void failed(
            List<Job<?>> batch, PostgresTx tx, SQLException e, WriterConnection.@Nullable Begun begun, int attempt) {
        boolean lost = PostgresErrors.isConnectionLost(e);
        if (lost) {
            connection.discard();
            health.suspect();
        }
        Commit outcome = lost && begun != null ? outcome(begun.xid()) : Commit.ABORTED;
        if (begun != null && outcome == Commit.DONE) {
            succeeded(batch, tx, begun);
            return;
        }
        if (lost) {
            tx.rolledBack();
        } else {
            undo(tx);
        }
        List<Job<?>> waiting = batch.stream().filter(job -> !job.isDone()).toList();
        if (outcome == Commit.UNKNOWN) {
            failAll(
                    waiting,
                    new StoreFailed(
                            "The connection to the database broke during a commit: whether it happened is unknown; repeat the request.",
                            e));
        } else if ((lost || PostgresErrors.isToRepeat(e)) && attempt < MAX_ATTEMPTS) {
            runBatch(waiting, attempt + 1);
        } else if (begun != null && batch.size() > 1 && !lost) {
            runEachAlone(waiting, null);
        } else {
            failAll(waiting, PostgresErrors.translate(e));
        }
    }

    private enum Commit {
        DONE,
        ABORTED,
        UNKNOWN
    }

    /** Asks over a new connection what became of a commit whose answer was lost. */
    private Commit outcome(String xid) {
        long deadline = System.nanoTime() + timeouts.answer().toNanos();
        while (System.nanoTime() - deadline < 0 && !stopped) {
            try {
                switch (WriterConnection.statusOf(connection.get(), xid)) {
                    case "committed" -> {
                        return Commit.DONE;
                    }
                    case "aborted" -> {
                        return Commit.ABORTED;
                    }
                    case "in progress" -> TimeUnit.MILLISECONDS.sleep(50);
                    default -> {
                        return Commit.UNKNOWN;
                    }
                }
            } catch (SQLException e) {
                connection.discard();
                if (!PostgresErrors.isConnectionLost(e)) {
                    return Commit.UNKNOWN;
                }
                pause();
            } catch (InterruptedException e) {
                stopped = true;
            }
        }
        return Commit.UNKNOWN;
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private void undo(PostgresTx tx) {
        connection.rollBack();
        tx.rolledBack();
    }

    private static void failAll(List<Job<?>> batch, RuntimeException told) {
        batch.forEach(job -> job.completeExceptionally(told));
    }

    private void failQueued() {
        List<Job<?>> left = new ArrayList<>();
        queue.drainTo(left);
        failAll(left, closed());
    }

    /** A queued job, and the future of its caller. */
    private static final class Job<T extends @Nullable Object> extends CompletableFuture<T> {
        private final WriteJob<T> work;
        private @Nullable Runnable answer;
        private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.QUEUED);

        Job(WriteJob<T> work) {
            this.work = work;
        }

        void run(PostgresTx tx) throws SQLException {
            if (!progress.compareAndSet(Progress.QUEUED, Progress.BEGUN) && progress.get() == Progress.ABANDONED) {
                return;
            }
            T result = work.run(tx);
            answer = () -> complete(result);
        }

        void failed(RuntimeException e) {
            answer = () -> completeExceptionally(e);
        }

        void answer() {
            if (answer != null) {
                answer.run();
            }
        }

        StoreFailed tooLate() {
            boolean never = progress.compareAndSet(Progress.QUEUED, Progress.ABANDONED);
            return new StoreFailed(
                    never
                            ? "The database does not answer: nothing was written; repeat the request."
                            : "The database does not answer: whether the write happened is unknown; repeat the request.",
                    null);
        }
    }

    private enum Progress {
        QUEUED,
        BEGUN,
        /** Its caller was told that nothing was written. */
        ABANDONED
    }
}
