package bulwark.kernel.postgresql;

import bulwark.kernel.secrets.SecretAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Supplier;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections. The credential is read anew for each: a password that was rotated serves the next connection, and those that are
 * open go on. No message of it holds the password. Thread-safe.
 */
final class PostgresConnections {
    private static final String APPLICATION = "bulwark";
    private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);
    private static final Driver DRIVER = new Driver();

    private final PostgresUrl url;
    private final Supplier<PostgresUrl> credential;
    private final PostgresTimeouts timeouts;
    private volatile PostgresUrl newest;

    /** @param credential of the same database; where it points to does not matter */
    PostgresConnections(PostgresUrl url, Supplier<PostgresUrl> credential, PostgresTimeouts timeouts) {
        this.url = url;
        this.newest = url;
        this.credential = credential;
        this.timeouts = timeouts;
    }

    PostgresUrl url() {
        return url;
    }

    /** For transactions of the store: each statement has its time. */
    Connection open() throws SQLException {
        Properties properties = properties();
        PGProperty.SOCKET_TIMEOUT.set(properties, (int) timeouts.silence().toSeconds());
        PGProperty.OPTIONS.set(
                properties,
                "-c synchronous_commit=on -c statement_timeout="
                        + timeouts.statement().toMillis() + " -c lock_timeout="
                        + timeouts.statement().toMillis() + " -c idle_in_transaction_session_timeout="
                        + timeouts.idle().toMillis());
        return connect(properties);
    }

    /** For migrations, which take as long as they take. */
    Connection openWithoutLimits() throws SQLException {
        return connect(properties());
    }

    private Properties properties() {
        PostgresUrl now = url.as(credential());
        Properties properties = new Properties();
        PGProperty.USER.set(properties, now.user());
        PGProperty.PASSWORD.set(properties, now.password().exposeText(SecretAccess.grant()));
        PGProperty.CURRENT_SCHEMA.set(properties, now.schema());
        PGProperty.APPLICATION_NAME.set(properties, APPLICATION);
        int seconds = (int) Math.max(1, timeouts.connect().toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, seconds);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.DEFAULT_ROW_FETCH_SIZE.set(properties, 1_000);
        // A failed statement names the constraint, never the values of the row.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        PGProperty.SSL_MODE.set(properties, now.verified() ? "verify-full" : "disable");
        String root = now.rootCertificate();
        if (root != null) {
            PGProperty.SSL_ROOT_CERT.set(properties, root);
        } else {
            PGProperty.SSL_FACTORY.set(properties, "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return properties;
    }

    /** A file that is being replaced just now serves nobody: what was read before stays. */
    private PostgresUrl credential() {
        try {
            PostgresUrl read = credential.get();
            newest = read;
            return read;
        } catch (RuntimeException e) {
            LOG.warn(
                    "The credential of the {} cannot be read again; the one before is used: {}",
                    url.name(),
                    e.getMessage());
            return newest;
        }
    }

    private Connection connect(Properties properties) throws SQLException {
        Connection connection = DRIVER.connect(url.jdbc(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know " + url.name());
        }
        return connection;
    }
}
