package bulwark.kernel.postgresql;

import bulwark.kernel.storage.QueryLimit;
import bulwark.kernel.storage.QueryLimit.QueryStopped;
import bulwark.kernel.storage.ReadJob;
import bulwark.kernel.storage.StoreFailed;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs reads on the caller's thread, each in a snapshot of its own, over a pool of connections that cannot write. Thread-safe. */
final class PostgresReaders {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresReaders.class);
    private static final ScopedValue<PostgresReaders> READING = ScopedValue.newInstance();
    private static final int MAX_ATTEMPTS = 3;
    private static final long VALIDATION_MILLIS = 2_000;
    /** Connections are replaced after this time, so that none grows old with a credential that is no longer good. */
    private static final long LIFETIME_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final HikariDataSource pool;
    private final PostgresHealth health;

    PostgresReaders(PostgresConnections connections, PostgresTimeouts timeouts, PostgresHealth health) {
        this.health = health;
        HikariConfig config = new HikariConfig();
        config.setDataSource(new PooledSource(connections));
        config.setPoolName("store-readers " + connections.url().database());
        config.setMaximumPoolSize(connections.url().connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(timeouts.connect().toMillis());
        config.setValidationTimeout(
                Math.min(VALIDATION_MILLIS, timeouts.connect().toMillis() - 1));
        config.setMaxLifetime(LIFETIME_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        config.setReadOnly(true);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        pool = new HikariDataSource(config);
    }

    <T extends @Nullable Object> T read(ReadJob<T> job) {
        if (READING.isBound() && READING.get() == this) {
            throw new IllegalStateException("A read job must not wait for another read.");
        }
        if (pool.isClosed()) {
            throw new StoreFailed("The store is closed.", null);
        }
        String down = health.problem();
        if (down != null) {
            throw new StoreFailed(down + " Repeat the request.", null);
        }
        return ScopedValue.where(READING, this).call(() -> run(job));
    }

    private <T extends @Nullable Object> T run(ReadJob<T> job) {
        QueryLimit limit = QueryLimit.current();
        try (Connection connection = borrow()) {
            PostgresTx tx = new PostgresTx(connection, limit == null ? 0 : seconds(limit));
            try {
                return job.run(tx);
            } catch (SQLException e) {
                if (limit != null && PostgresErrors.isCanceled(e)) {
                    throw new QueryStopped(false);
                }
                if (PostgresErrors.isConnectionLost(e)) {
                    health.suspect();
                }
                throw PostgresErrors.translate(e);
            } finally {
                end(connection, tx);
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e);
        }
    }

    private static int seconds(QueryLimit limit) {
        return (int) Math.max(1, Math.ceilDiv(limit.time().toMillis(), 1_000L));
    }

    /** Its snapshot has begun: a connection that broke while nobody used it costs no caller anything. */
    private Connection borrow() throws SQLException {
        SQLException last = null;
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            Connection connection;
            try {
                connection = pool.getConnection();
            } catch (SQLTransientConnectionException e) {
                health.suspect();
                throw new StoreFailed("The database gave no connection in time: repeat the request.", e);
            }
            try {
                begin(connection);
                return connection;
            } catch (SQLException e) {
                last = e;
                connection.close();
                if (!PostgresErrors.isConnectionLost(e)) {
                    break;
                }
                health.suspect();
                pool.getHikariPoolMXBean().softEvictConnections();
            }
        }
        throw last;
    }

    private static void begin(Connection connection) throws SQLException {
        try (Statement first = connection.createStatement();
                ResultSet row = first.executeQuery("SELECT 1")) {
            row.next();
        }
    }

    private static void end(Connection connection, PostgresTx tx) {
        try {
            tx.closeStatements();
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("A read transaction did not end cleanly: {}", e.getMessage());
        }
    }

    void stop() {
        pool.close();
    }
}
