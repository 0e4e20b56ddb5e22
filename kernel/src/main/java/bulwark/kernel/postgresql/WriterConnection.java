package bulwark.kernel.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of the writer thread: opened when it is needed, and again when it broke. For one thread. */
final class WriterConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WriterConnection.class);
    private static final String LOCK = "UPDATE " + PostgresSchema.WRITER
            + " SET batch = batch + 1 WHERE one = 1 RETURNING batch, pg_current_xact_id()::text";
    private static final String STATUS = "SELECT coalesce(pg_xact_status(?::xid8), 'too old')";

    private final PostgresConnections connections;
    private @Nullable Connection open;

    WriterConnection(PostgresConnections connections) {
        this.connections = connections;
    }

    Connection get() throws SQLException {
        Connection present = open;
        if (present == null) {
            present = connections.open();
            open = present;
            // Behind the lock each statement sees what every writer before it committed.
            present.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            present.setAutoCommit(false);
        }
        return present;
    }

    /**
     * A transaction that holds the lock of all writers.
     *
     * @param batch its number among those of all processes, if it commits
     * @param xid by which the server knows it
     */
    record Begun(long batch, String xid) {}

    static Begun lockAllWriters(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK);
                ResultSet row = lock.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the row of " + PostgresSchema.WRITER + " is missing");
            }
            return new Begun(row.getLong(1), row.getString(2));
        }
    }

    /** {@code committed}, {@code aborted} or {@code in progress}; {@code too old} when the server knows it no more. */
    static String statusOf(Connection connection, String xid) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(STATUS)) {
            ask.setString(1, xid);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() ? row.getString(1) : "too old";
            }
        } finally {
            connection.rollback();
        }
    }

    void rollBack() {
        Connection present = open;
        if (present != null) {
            try {
                present.rollback();
            } catch (SQLException e) {
                discard();
            }
        }
    }

    /** It broke: the next transaction gets another one. */
    void discard() {
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

    void close() {
        Connection present = open;
        open = null;
        if (present != null) {
            try {
                present.close();
            } catch (SQLException e) {
                LOG.debug("A connection did not close cleanly.", e);
            }
        }
    }
}
