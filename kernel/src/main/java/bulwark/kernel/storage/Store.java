package bulwark.kernel.storage;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One SQLite file (WAL, synchronous FULL): one writer thread that commits many jobs with one sync, and a small pool of
 * read-only connections on platform threads. Thread-safe; callers block on virtual threads.
 *
 * <p>A write job checks first and writes after: an exception before its first write concerns only its caller; one after a
 * write rolls the batch back, and the other jobs run again, each alone. A job may therefore run more than once and keeps no
 * state outside the transaction except through {@link WriteTx#onRollback} and {@link WriteTx#afterCommit}.
 */
public final class Store implements AutoCloseable {
    private Store() {}

    /** What to do when the schema is not the newest. */
    public enum SchemaPolicy {
        CREATE_OR_UPGRADE,
        REFUSE_UNLESS_CURRENT
    }

    /**
     * Opens, checks and (by policy) migrates. A foreign database and a newer schema are refused untouched. The file lock is
     * held until close.
     *
     * @throws StoreRefused with a sentence and remedy
     */
    public static Store open(Path file, Migrations migrations, SchemaPolicy policy) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Path file() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Runs the job on the writer thread and waits until its commit is synced. @throws StoreFailed when the outcome is unknown or the disk is full */
    public <T> T write(WriteJob<T> job) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** As {@link #write}; the future completes on the writer thread after the sync, so dependents must be short. */
    public <T> CompletableFuture<T> submit(WriteJob<T> job) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Runs on a reader; sees every write that was acknowledged before the call. */
    public <T> T read(ReadJob<T> job) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Told once when a sync failed: the process must end non-zero soon after. */
    public void onFatal(Consumer<Throwable> listener) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Statistics for metrics. */
    public WriterStats stats() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Finishes queued writes, checkpoints, releases the lock. */
    @Override
    public void close() {}

    public record WriterStats(long commits, long jobs, int queued) {}
}
