package bulwark.kernel.postgresql;

import bulwark.kernel.storage.Leadership;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An advisory lock of a session: the server takes it from a process that is gone as soon as its connection is. */
final class PostgresLeadership implements Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLeadership.class);
    private static final int PROBE_SECONDS = 5;

    private final PostgresConnections connections;
    private final String role;
    private final ReentrantLock lock = new ReentrantLock();
    /** Of the session that has the lock. */
    private @Nullable Connection session;

    private boolean closed;

    PostgresLeadership(PostgresConnections connections, String role) {
        this.connections = connections;
        this.role = role;
    }

    @Override
    public boolean isHeld() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            Connection held = session;
            if (held != null && held.isValid(PROBE_SECONDS)) {
                return true;
            }
            drop();
            return acquire();
        } catch (SQLException e) {
            LOG.warn(
                    "the {} did not say who leads in {}: {}",
                    connections.url().name(),
                    role,
                    PostgresErrors.sentence(e));
            drop();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean acquire() throws SQLException {
        Connection opened = connections.open();
        boolean acquired = false;
        try (PreparedStatement select =
                opened.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ?, 0))")) {
            select.setString(1, "/" + role);
            try (ResultSet row = select.executeQuery()) {
                acquired = row.next() && row.getBoolean(1);
            }
        } finally {
            if (acquired) {
                session = opened;
                LOG.info("this process leads in {}", role);
            } else {
                opened.close();
            }
        }
        return acquired;
    }

    private void drop() {
        Connection held = session;
        session = null;
        if (held != null) {
            try {
                held.close();
            } catch (SQLException e) {
                LOG.debug("a connection that broke was closed", e);
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            drop();
        } finally {
            lock.unlock();
        }
    }
}
