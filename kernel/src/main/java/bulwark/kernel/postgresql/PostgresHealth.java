package bulwark.kernel.postgresql;

import bulwark.kernel.concurrent.EssentialThread;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database at an interval whether it is there and whether other processes wrote, over a connection of its own. While it is not, callers are refused at once
 * instead of waiting one after the other; the first answer ends that. Thread-safe.
 */
final class PostgresHealth {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresHealth.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration INTERVAL_WHEN_DOWN = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final PostgresConnections connections;
    private static final String NEWEST = "SELECT batch FROM " + PostgresSchema.WRITER + " WHERE one = 1";
    private static final long MAX_COMPARED = 100_000;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ConcurrentSkipListSet<Long> own = new ConcurrentSkipListSet<>();
    private long newest = -1;
    private final Semaphore wake = new Semaphore(0);
    private final EssentialThread thread;
    private volatile boolean stopped;
    private volatile @Nullable String problem;
    private @Nullable Connection open;

    PostgresHealth(PostgresConnections connections) {
        this.connections = connections;
        thread = EssentialThread.virtual("store-health " + connections.url().database(), this::run);
    }

    void start() {
        thread.start();
    }

    @Nullable
    String problem() {
        return problem;
    }

    /** A connection broke or was silent: looks now. */
    void suspect() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    void stop() {
        stopped = true;
        wake.release();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }

    private void run() {
        try {
            while (!stopped) {
                look();
                Duration pause = problem == null ? INTERVAL : INTERVAL_WHEN_DOWN;
                if (wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            discard();
        }
    }

    private void look() {
        try {
            ask();
        } catch (SQLException first) {
            discard();
            try {
                // One session that ended says nothing yet.
                ask();
            } catch (SQLException e) {
                discard();
                down(e);
                return;
            }
        }
        if (problem != null) {
            LOG.info("The {} answers again.", connections.url().name());
            problem = null;
        }
    }

    private void ask() throws SQLException {
        Connection asked = open;
        if (asked == null) {
            asked = connections.open();
            open = asked;
        }
        try (Statement statement = asked.createStatement();
                ResultSet row = statement.executeQuery(NEWEST)) {
            if (row.next()) {
                compare(row.getLong(1));
            }
        }
    }

    /** A batch of this process that is being reported just now counts as another's: somebody looks once for nothing. */
    private void compare(long batch) {
        long from = newest;
        newest = batch;
        boolean others = batch - from > MAX_COMPARED;
        for (long each = from + 1; each <= batch && !others; each++) {
            others = !own.contains(each);
        }
        own.headSet(batch, true).clear();
        if (others && from >= 0 && !told()) {
            newest = from;
        }
    }

    private boolean told() {
        try {
            listeners.forEach(Runnable::run);
            return true;
        } catch (RuntimeException e) {
            LOG.debug("What other processes wrote could not be read; it is tried again.", e);
            return false;
        }
    }

    /** A batch of this process. */
    void committed(long batch) {
        own.add(batch);
    }

    void onOthersCommit(Runnable listener) {
        listeners.add(listener);
    }

    private void down(SQLException e) {
        String sentence = "The " + connections.url().name() + " does not answer (" + PostgresErrors.reason(e) + ").";
        if (problem == null) {
            LOG.warn("{} It is asked again.", sentence);
        }
        problem = sentence;
    }

    private void discard() {
        Connection broken = open;
        open = null;
        if (broken != null) {
            try {
                broken.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("A broken connection did not close.", e);
            }
        }
    }
}
