package bulwark.kernel.postgresql;

import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Migrations.Script;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate before a store is used: the history must be one that this program could have made, and the schema the one that it makes.
 * Everything that a start changes is one transaction, under a lock of the database that one process holds at a time.
 */
final class PostgresSchema {
    static final String WRITER = "store_writer";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

    /** What the engine itself needs, before any migration. {@code $schema} is the schema's name. */
    static final String OWN = """
            CREATE TABLE flyway_schema_history (
                installed_rank INTEGER NOT NULL PRIMARY KEY,
                version        VARCHAR(50),
                description    VARCHAR(200) NOT NULL,
                type           VARCHAR(20) NOT NULL,
                script         VARCHAR(1000) NOT NULL,
                checksum       INTEGER,
                installed_by   VARCHAR(100) NOT NULL,
                installed_on   TIMESTAMP NOT NULL DEFAULT now(),
                execution_time INTEGER NOT NULL,
                success        BOOLEAN NOT NULL
            );
            CREATE TABLE store_writer (
                one   INTEGER PRIMARY KEY CHECK (one = 1),
                batch BIGINT NOT NULL
            );
            INSERT INTO store_writer (one, batch) VALUES (1, 0);
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $body$;
            CREATE FUNCTION refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE last BIGINT;
            BEGIN
                EXECUTE 'SELECT coalesce(max(seq), 0) FROM ' || TG_RELID::regclass INTO last;
                IF NEW.seq <> last + 1 THEN
                    RAISE EXCEPTION '% grows at its end only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $body$;
            """;

    private static final String RECORD = "INSERT INTO flyway_schema_history (installed_rank, version, description,"
            + " type, script, checksum, installed_by, execution_time, success)"
            + " SELECT coalesce(max(installed_rank), 0) + 1, ?, ?, 'SQL', ?, ?, current_user, 0, true"
            + " FROM flyway_schema_history";

    private final PostgresUrl url;
    private final Migrations migrations;

    PostgresSchema(PostgresUrl url, Migrations migrations) {
        this.url = url;
        this.migrations = migrations;
    }

    /**
     * @param user role that is granted what it needs and no more, or null for none
     * @throws StoreRefused before anything was changed
     */
    void apply(Connection connection, SchemaPolicy policy, @Nullable String user) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(connection);
            List<Script> pending = MigrationHistory.read(connection, url).pending(migrations);
            if (!pending.isEmpty() && policy == SchemaPolicy.REFUSE_UNLESS_CURRENT) {
                throw new StoreRefused("The " + url.name() + " has an older schema than this program needs; pending: "
                        + String.join(
                                ", ", pending.stream().map(Script::resource).toList())
                        + ". Start with the URL of the role that owns the schema, which brings it up to date.");
            }
            if (!pending.isEmpty()) {
                migrate(connection, pending);
            }
            if (user != null) {
                PostgresRoles.grant(connection, url.schema(), user);
            }
            List<String> problems = problems(connection);
            if (!problems.isEmpty()) {
                throw new StoreRefused("The schema of the " + url.name() + " is not the one that its migrations make: "
                        + String.join(" ", problems.subList(0, Math.min(5, problems.size())))
                        + " Undo what was changed by hand, or restore a backup.");
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            rollBack(connection);
            throw e;
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("A transaction did not end cleanly.", e);
        }
    }

    /** Of this schema alone. */
    private void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '60s'");
        }
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            lock.setString(1, "bulwark " + url.schema());
            lock.execute();
        } catch (SQLException e) {
            if (PostgresErrors.isLockNotAvailable(e)) {
                throw new StoreRefused("Another process has been changing the schema of the " + url.name()
                        + " for a minute: wait for it, or end it.");
            }
            throw e;
        }
    }

    private void migrate(Connection connection, List<Script> pending) throws SQLException {
        Script now = pending.getFirst();
        try (Statement statement = connection.createStatement()) {
            if (!MigrationHistory.hasSchema(connection, url.schema())) {
                statement.execute("CREATE SCHEMA " + quoted(url.schema()));
            }
            if (!MigrationHistory.isThere(connection, url.schema())) {
                statement.execute(OWN);
            }
            for (Script script : pending) {
                now = script;
                statement.execute(text(script, quoted(url.schema())));
                record(connection, script);
            }
        } catch (SQLException e) {
            throw new StoreRefused("The migration " + now.resource() + " cannot be applied to the " + url.name() + " ("
                    + PostgresErrors.sentence(e) + "); nothing was changed. The role needs the right to create in the"
                    + " schema " + url.schema() + "; name the URL of one that has it.");
        }
    }

    private static void record(Connection connection, Script script) throws SQLException {
        try (PreparedStatement record = connection.prepareStatement(RECORD)) {
            record.setString(1, script.version());
            record.setString(2, script.description());
            record.setString(3, script.resource());
            record.setInt(4, script.checksum());
            record.executeUpdate();
        }
    }

    /** As PostgreSQL takes it. */
    static String text(Script script, String schema) {
        String own = script.postgresql();
        return (own == null ? PostgresSql.script(script.text()) : own).replace("$schema", schema);
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Compares history and schema with what these migrations make; the transaction is left as it was. @return sentences */
    List<String> problems(Connection connection) throws SQLException {
        MigrationHistory history = MigrationHistory.read(connection, url);
        List<String> problems = history.problems(migrations);
        if (problems.isEmpty()) {
            problems.addAll(new PostgresSchemaCheck(url.schema()).problems(connection, history.order(migrations)));
        }
        return problems;
    }
}
