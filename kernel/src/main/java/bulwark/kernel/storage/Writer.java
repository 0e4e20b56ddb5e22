package bulwark.kernel.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only thread that writes: takes what is queued, runs it in one transaction, commits with one sync, then answers. */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int MAX_BATCH = 256;
    private static final int MAX_QUEUED = 65_536;

    private final Connection connection;
    private final BatchTx tx;
    private final StatementCache statements;
    private final WalCheckpointer checkpoints;
    private final Consumer<Throwable> onFatal;
    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final Job<?> stop = new Job<>(ignored -> 0);
    private final LongAdder commits = new LongAdder();
    private final LongAdder jobs = new LongAdder();
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable Throwable fatal;

    Writer(Connection connection, String name, Consumer<Throwable> onFatal) throws SQLException {
        this.connection = connection;
        this.statements = new StatementCache(connection);
        this.tx = new BatchTx(statements);
        this.checkpoints = new WalCheckpointer(statements);
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name("store-writer " + name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    <T> CompletableFuture<T> submit(WriteJob<T> work) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("A write job must not wait for another write.");
        }
        Job<T> job = new Job<>(work);
        if (stopped) {
            job.completeExceptionally(whyStopped());
        } else if (!queue.offer(job)) {
            job.completeExceptionally(new StoreFailed("Too many writes are waiting for the disk; repeat later.", null));
        } else if (stopped && queue.remove(job)) {
            job.completeExceptionally(whyStopped());
        }
        return job;
    }

    Store.WriterStats stats() {
        return new Store.WriterStats(commits.sum(), jobs.sum(), queue.size());
    }

    boolean hasFailed() {
        return fatal != null;
    }

    /** Finishes what is queued. */
    void stop() throws InterruptedException {
        if (!stopped) {
            queue.put(stop);
        }
        thread.join();
    }

    private void run() {
        List<Job<?>> batch = new ArrayList<>(MAX_BATCH);
        try {
            boolean last = false;
            while (!last && fatal == null) {
                batch.add(queue.take());
                queue.drainTo(batch, MAX_BATCH - 1);
                last = batch.remove(stop);
                if (!batch.isEmpty()) {
                    runBatch(batch);
                }
                batch.clear();
                if (fatal == null) {
                    checkpoint();
                }
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            failPermanently(e, batch);
        } finally {
            stopped = true;
            failQueued();
        }
    }

    private void runBatch(List<Job<?>> batch) {
        try {
            statements.run("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            failAll(batch, e);
            return;
        }
        try {
            for (Job<?> job : batch) {
                if (!tryJob(job)) {
                    rollBack();
                    job.answer();
                    runEachAlone(batch, job);
                    return;
                }
            }
            statements.run("COMMIT");
        } catch (SQLException e) {
            commitFailed(batch, e);
            return;
        }
        commits.increment();
        jobs.add(batch.size());
        tx.committed();
        batch.forEach(Job::answer);
    }

    /** @return whether the transaction can go on */
    private boolean tryJob(Job<?> job) throws SQLException {
        tx.startJob();
        try {
            job.run(tx);
            return true;
        } catch (Throwable thrown) {
            if (Sqlite.isDiskError(thrown)) {
                throw new SQLException("A write failed.", thrown);
            }
            job.failed(Sqlite.translate(thrown));
            if (tx.jobChangedSomething() || Sqlite.mayHaveRolledBack(thrown)) {
                return false;
            }
            tx.dropJob();
            return true;
        } finally {
            tx.endJob();
        }
    }

    /** What a refused job saw may be gone with the batch, so those that were refused run again too. */
    private void runEachAlone(List<Job<?>> batch, @Nullable Job<?> offender) {
        for (Job<?> job : batch) {
            if (job == offender) {
                continue;
            }
            if (fatal != null) {
                job.completeExceptionally(whyStopped());
            } else {
                runBatch(List.of(job));
            }
        }
    }

    private void commitFailed(List<Job<?>> batch, SQLException e) {
        if (Sqlite.isDiskError(e)) {
            failPermanently(e, batch);
            return;
        }
        rollBack();
        if (fatal == null && Sqlite.isConstraint(e) && batch.size() > 1) {
            runEachAlone(batch, null);
        } else {
            failAll(batch, e);
        }
    }

    private void rollBack() {
        try {
            statements.run("ROLLBACK");
        } catch (SQLException e) {
            if (!Sqlite.isNoTransaction(e)) {
                failPermanently(e, List.of());
            }
        }
        tx.rolledBack();
    }

    private void checkpoint() {
        try {
            checkpoints.afterCommit();
        } catch (SQLException e) {
            if (Sqlite.isDiskError(e)) {
                failPermanently(e, List.of());
            } else if (!Sqlite.isBusy(e)) {
                LOG.warn("WAL checkpoint postponed: {}", e.getMessage());
            }
        }
    }

    private void failAll(List<Job<?>> batch, SQLException e) {
        RuntimeException told = Sqlite.translate(e);
        batch.forEach(job -> job.completeExceptionally(told));
    }

    /** Nothing is tried again: after a failed sync the kernel may call the same pages clean. */
    private void failPermanently(Throwable cause, List<Job<?>> waiting) {
        boolean first = fatal == null;
        if (first) {
            fatal = cause;
        }
        stopped = true;
        try {
            waiting.forEach(job -> job.completeExceptionally(whyStopped()));
            failQueued();
        } finally {
            if (first) {
                // Before the log, which may fail as well when memory is out: the process must end in any case.
                onFatal.accept(cause);
                LOG.error("The store stopped writing for good.", cause);
            }
        }
    }

    private void failQueued() {
        List<Job<?>> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(job -> job.completeExceptionally(whyStopped()));
    }

    private StoreFailed whyStopped() {
        Throwable cause = fatal;
        return cause == null
                ? new StoreFailed("The store is closed.", null)
                : new StoreFailed(
                        "A write to the disk failed: whether it happened is unknown; repeat it after a restart.",
                        cause);
    }

    void closeConnection() throws SQLException {
        connection.close();
    }

    /** A queued job, and the future of its caller. */
    private static final class Job<T> extends CompletableFuture<T> {
        private final WriteJob<T> work;
        private @Nullable T result;
        private @Nullable RuntimeException failure;

        Job(WriteJob<T> work) {
            this.work = work;
        }

        void run(WriteTx tx) throws SQLException {
            failure = null;
            result = work.run(tx);
        }

        void failed(RuntimeException e) {
            failure = e;
        }

        void answer() {
            if (failure != null) {
                completeExceptionally(failure);
            } else {
                complete(result);
            }
        }
    }
}
