package bulwark.kernel.postgresql;

import bulwark.kernel.concurrent.Futures;
import bulwark.kernel.storage.Leadership;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.ReadJob;
import bulwark.kernel.storage.SchemaStatus;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.storage.WriteJob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that several processes share. One thread of this process writes, many jobs in one transaction; reads run on the threads
 * of their callers, over a pool. A connection that breaks is replaced, and nothing that fails here is for ever. Thread-safe.
 */
public final class PostgresStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);

    private final PostgresConnections connections;
    private final PostgresHealth health;
    private final PostgresReaders readers;
    private final PostgresWriter writer;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PostgresStore(PostgresConnections connections, PostgresTimeouts timeouts) {
        this.connections = connections;
        health = new PostgresHealth(connections);
        readers = new PostgresReaders(connections, timeouts, health);
        writer = new PostgresWriter(connections, timeouts, health);
        health.start();
        writer.start();
    }

    /**
     * Who opens a store.
     *
     * @param user reads and writes rows; read again for each connection, so that a password that was rotated is taken
     * @param owner changes the schema, once at the start; null when the user does that too
     */
    public record Access(
            Supplier<PostgresUrl> user, @Nullable Supplier<PostgresUrl> owner) {}

    /**
     * Checks the schema strictly and (by policy) brings it up to date. A database of another program, and a schema that is not what its
     * migrations make, are refused untouched.
     *
     * @throws StoreRefused with a sentence and remedy
     */
    public static PostgresStore open(
            Access access, Migrations migrations, SchemaPolicy policy, PostgresTimeouts timeouts) {
        PostgresUrl url = access.user().get();
        PostgresConnections connections = new PostgresConnections(url, access.user(), timeouts);
        Supplier<PostgresUrl> owner = access.owner();
        PostgresConnections migrating =
                owner == null ? connections : new PostgresConnections(url.as(owner.get()), owner, timeouts);
        try (Connection connection = migrating.openWithoutLimits()) {
            new PostgresSchema(url, migrations).apply(connection, policy, owner == null ? null : url.user());
        } catch (SQLException e) {
            throw refused(migrating.url(), e);
        }
        try (Connection connection = connections.open()) {
            PostgresRoles.warn(connection, url);
            warnUnlessSynced(connection, url);
        } catch (SQLException e) {
            throw refused(url, e);
        }
        return new PostgresStore(connections, timeouts);
    }

    /**
     * What the history of a database says, found by looking as the role that reads and writes rows.
     *
     * @throws StoreRefused when the database cannot be opened, or its schema is another program's
     */
    public static SchemaStatus schemaStatus(Access access, Migrations migrations) {
        return look(
                access,
                (connection, url) -> MigrationHistory.read(connection, url).status(migrations));
    }

    /** As {@link #schemaCheck}, of a database that is not opened as a store. @throws StoreRefused when it cannot be opened */
    public static List<String> schemaProblems(Access access, Migrations migrations) {
        return look(access, (connection, url) -> new PostgresSchema(url, migrations).problems(connection));
    }

    /** Tables of evidence that the role that reads and writes rows could alter. @throws StoreRefused when the database cannot be opened */
    public static List<String> alterableEvidence(Access access) {
        return look(access, (connection, url) -> PostgresRoles.alterable(connection, url.schema()));
    }

    private interface Look<T> {
        T at(Connection connection, PostgresUrl url) throws SQLException;
    }

    private static <T> T look(Access access, Look<T> look) {
        PostgresUrl url = access.user().get();
        try (Connection connection =
                new PostgresConnections(url, access.user(), PostgresTimeouts.DEFAULT).openWithoutLimits()) {
            connection.setAutoCommit(false);
            T seen = look.at(connection, url);
            connection.rollback();
            return seen;
        } catch (SQLException e) {
            throw refused(url, e);
        }
    }

    /** What was acknowledged must survive a loss of power. */
    private static void warnUnlessSynced(Connection connection, PostgresUrl url) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('fsync')")) {
            if (row.next() && row.getString(1).equals("off")) {
                LOG.warn(
                        "The {} is set to fsync = off: a loss of power there loses writes that were acknowledged. Set it to on.",
                        url.name());
            }
        }
    }

    /** The driver's own message may hold what the server says of rows, never the password. */
    private static StoreRefused refused(PostgresUrl url, SQLException e) {
        return new StoreRefused("The " + url.name() + " cannot be opened by " + url.user() + " ("
                + PostgresErrors.sentence(e) + "): check that it runs, its name, the credential and the certificate.");
    }

    @Override
    public String name() {
        return connections.url().name();
    }

    @Override
    public <T extends @Nullable Object> T write(WriteJob<T> job) {
        return Futures.join(writer.submit(job));
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> submit(WriteJob<T> job) {
        return writer.submit(job);
    }

    @Override
    public <T extends @Nullable Object> T read(ReadJob<T> job) {
        return readers.read(job);
    }

    /** Never: a connection that broke is replaced, and its transaction's outcome is asked for. */
    @Override
    public void onFatal(Consumer<Throwable> listener) {}

    @Override
    public @Nullable String problem() {
        return health.problem();
    }

    @Override
    public void onOthersCommit(Runnable listener) {
        health.onOthersCommit(listener);
    }

    @Override
    public Leadership leadership(String role) {
        return new PostgresLeadership(connections, role);
    }

    @Override
    public WriterStats stats() {
        return writer.stats();
    }

    @Override
    public List<String> integrityCheck() {
        return read(PostgresSchemaCheck::invalid);
    }

    @Override
    public List<String> schemaCheck(Migrations migrations) {
        try (Connection connection = connections.openWithoutLimits()) {
            connection.setAutoCommit(false);
            return new PostgresSchema(connections.url(), migrations).problems(connection);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            writer.stop();
            readers.stop();
            health.stop();
        }
    }
}
