package bulwark.kernel.storage;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a part keeps its rows: a file that one process has open, or a database that several processes share. Writes follow each
 * other, whoever makes them: a write job sees what every write before it committed. Many jobs share one commit. Thread-safe;
 * callers block on virtual threads.
 *
 * <p>A write job checks first and writes after: an exception before its first write concerns only its caller; one after a
 * write rolls the batch back, and the other jobs run again, each alone. A job may therefore run more than once and keeps no
 * state outside the transaction except through {@link WriteTx#onRollback} and {@link WriteTx#afterCommit}; registering a reset
 * counts as a write. A runtime exception of a job reaches its caller as it is; an {@link java.sql.SQLException} as {@link
 * StoreFailed} when disk or connection is to blame, else as {@link IllegalStateException}. Schema changes belong into migrations,
 * never into jobs.
 */
public interface Store extends ReadableStore, AutoCloseable {
    /** What to do when the schema is not the newest. */
    enum SchemaPolicy {
        CREATE_OR_UPGRADE,
        REFUSE_UNLESS_CURRENT
    }

    /** Commits and jobs since the start; queued now. */
    record WriterStats(long commits, long jobs, int queued) {}

    /** As {@link SqliteStore#open}. */
    static SqliteStore open(Path file, Migrations migrations, SchemaPolicy policy) {
        return SqliteStore.open(file, migrations, policy);
    }

    /** Loads SQLite's native library now, so that an open later is quicker. A failure is left to that open to report. */
    static void loadDriver() {
        SqliteStore.loadDriver();
    }

    /** For sentences: a file, or a database and its server, without a credential. */
    String name();

    /** Runs the job and waits until its commit is durable. @throws StoreFailed when the outcome is unknown, or nothing was written because the store cannot take it now */
    <T extends @Nullable Object> T write(WriteJob<T> job);

    /** As {@link #write}; the future completes on the writer's thread after the commit, so dependents must be short. */
    <T extends @Nullable Object> CompletableFuture<T> submit(WriteJob<T> job);

    /** Runs in one snapshot, which holds every write that was acknowledged before the call. @throws StoreFailed when the store cannot be read */
    @Override
    <T extends @Nullable Object> T read(ReadJob<T> job);

    /** Told once when this process can never write again, because a sync failed: it must end non-zero soon after. A listener that comes late is told at once. */
    void onFatal(Consumer<Throwable> listener);

    /** Told within a second, on a thread of the store, that another process committed something: what is remembered of rows may be no longer true. */
    default void onOthersCommit(Runnable listener) {}

    /** Why health is red: the store does not answer, and it is tried again; null when all is well. */
    default @Nullable String problem() {
        return null;
    }

    /** For work that one process among those that share the store does at a time. @param role what the work is called, the same in every process */
    default Leadership leadership(String role) {
        return Leadership.OF_ONE_PROCESS;
    }

    /** Statistics for metrics. */
    WriterStats stats();

    /** Finishes queued writes and lets go of what is held. */
    @Override
    void close();
}
