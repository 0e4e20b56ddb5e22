package bulwark.kernel.storage;

import bulwark.kernel.storage.QueryLimit.QueryStopped;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;

/** Stops the statements of one connection when the read job that runs there passes its limit. Belongs to the connection's thread. */
final class QueryWatch extends ProgressHandler {
    /** Steps of SQLite's virtual machine between two looks: some ten microseconds' worth. */
    private static final int STEPS_PER_LOOK = 4_000;

    private static final int GO_ON = 0;
    private static final int STOP = 1;

    private boolean limited;
    private long deadline;
    private long looksLeft;
    private @Nullable QueryStopped stopped;

    static QueryWatch over(Connection connection) throws SQLException {
        QueryWatch watch = new QueryWatch();
        ProgressHandler.setHandler(connection, STEPS_PER_LOOK, watch);
        return watch;
    }

    void begin(@Nullable QueryLimit limit) {
        stopped = null;
        limited = limit != null;
        if (limit != null) {
            deadline = System.nanoTime() + limit.time().toNanos();
            looksLeft = limit.steps() / STEPS_PER_LOOK;
        }
    }

    /** Why the job was stopped, or null when it was not. What follows on the connection is not limited. */
    @Nullable
    QueryStopped end() {
        limited = false;
        return stopped;
    }

    @Override
    protected int progress() {
        if (!limited) {
            return GO_ON;
        }
        if (--looksLeft < 0) {
            stopped = new QueryStopped(true);
        } else if (System.nanoTime() - deadline > 0) {
            stopped = new QueryStopped(false);
        }
        return stopped == null ? GO_ON : STOP;
    }
}
