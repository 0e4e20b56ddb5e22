package bulwark.kernel.storage;

import bulwark.kernel.concurrent.EssentialThread;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few platform threads, each with a read-only connection of its own. Thread-safe. */
final class Readers {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    private final BlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
    private final List<EssentialThread> threads = new ArrayList<>();
    private final Job<?> stop = new Job<>(ignored -> 0);
    private volatile boolean stopped;

    Readers(List<Connection> connections, String name) throws SQLException {
        for (int i = 0; i < connections.size(); i++) {
            Reader reader = new Reader(connections.get(i));
            threads.add(EssentialThread.platform("store-reader-" + i + " " + name, reader));
        }
    }

    void start() {
        threads.forEach(EssentialThread::start);
    }

    <T> CompletableFuture<T> submit(ReadJob<T> work) {
        Thread caller = Thread.currentThread();
        if (threads.stream().anyMatch(reader -> reader.thread() == caller)) {
            throw new IllegalStateException("A read job must not wait for another read.");
        }
        Job<T> job = new Job<>(work);
        if (!stopped) {
            queue.add(job);
        }
        if (stopped && (queue.remove(job) || !job.isDone())) {
            job.completeExceptionally(new StoreFailed("The store is closed.", null));
        }
        return job;
    }

    /** Finishes what is queued. */
    void stop() throws InterruptedException {
        stopped = true;
        queue.add(stop);
        for (EssentialThread thread : threads) {
            thread.thread().join();
        }
    }

    private final class Reader implements Runnable, ReadTx {
        private final Connection connection;
        private final StatementCache statements;
        private final QueryWatch watch;
        private long began;

        Reader(Connection connection) throws SQLException {
            this.connection = connection;
            this.statements = new StatementCache(connection);
            this.watch = QueryWatch.over(connection);
        }

        @Override
        public PreparedStatement statement(String sql) throws SQLException {
            return statements.get(sql);
        }

        @Override
        public long began() {
            return began;
        }

        @Override
        public void run() {
            try {
                for (Job<?> job = queue.take(); job != stop; job = queue.take()) {
                    try {
                        run(job);
                    } catch (RuntimeException | Error e) {
                        // Whatever becomes of this thread, the caller must not wait for ever.
                        job.completeExceptionally(e);
                        throw e;
                    }
                }
                queue.add(stop);
                connection.close();
            } catch (InterruptedException | SQLException e) {
                LOG.warn("A reader of the store ended.", e);
            }
        }

        private <T> void run(Job<T> job) {
            T result = null;
            Throwable failure = null;
            began = System.nanoTime();
            try {
                statements.run("BEGIN");
                watch.begin(job.limit);
                result = job.work.run(this);
            } catch (Throwable e) {
                failure = e;
            }
            QueryLimit.QueryStopped stopped = watch.end();
            if (failure != null && stopped != null) {
                failure = stopped;
            }
            endTransaction();
            if (failure != null) {
                job.completeExceptionally(Sqlite.translate(failure));
            } else {
                job.complete(result);
            }
        }

        private void endTransaction() {
            try {
                statements.resetQueries();
                statements.run("ROLLBACK");
            } catch (SQLException e) {
                if (!Sqlite.isNoTransaction(e)) {
                    LOG.warn("A read transaction did not end cleanly: {}", e.getMessage());
                }
            }
        }
    }

    private static final class Job<T> extends CompletableFuture<@Nullable T> {
        private final ReadJob<T> work;
        private final @Nullable QueryLimit limit = QueryLimit.current();

        Job(ReadJob<T> work) {
            this.work = work;
        }
    }
}
