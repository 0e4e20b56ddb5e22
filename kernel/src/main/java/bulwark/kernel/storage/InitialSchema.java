package bulwark.kernel.storage;

import bulwark.kernel.storage.Migrations.Script;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All migrations at once on a database that is empty and nobody else's yet, with the history that Flyway would have written:
 * Flyway takes over from there, and checks these checksums, when a later version brings more. Loading Flyway for this would be
 * half of a first start.
 */
final class InitialSchema {
    /** As Flyway creates it on SQLite. */
    private static final String HISTORY = """
            CREATE TABLE "flyway_schema_history" (
                "installed_rank" INT NOT NULL PRIMARY KEY,
                "version" VARCHAR(50),
                "description" VARCHAR(200) NOT NULL,
                "type" VARCHAR(20) NOT NULL,
                "script" VARCHAR(1000) NOT NULL,
                "checksum" INT,
                "installed_by" VARCHAR(100) NOT NULL,
                "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
                "execution_time" INT NOT NULL,
                "success" BOOLEAN NOT NULL
            );
            CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
            """;

    private static final String RECORD =
            "INSERT INTO flyway_schema_history (installed_rank, version, description, type,"
                    + " script, checksum, installed_by, execution_time, success) VALUES (?, ?, ?, 'SQL', ?, ?, '', 0, 1)";

    private final List<Script> scripts;

    InitialSchema(Migrations migrations) {
        this(migrations.scripts());
    }

    private InitialSchema(List<Script> scripts) {
        this.scripts = scripts;
    }

    /** For a database that had these in another order than that of their numbers. */
    static InitialSchema inOrder(Migrations migrations, List<String> resources) {
        return new InitialSchema(migrations.scripts().stream()
                .sorted(Comparator.comparingInt(script -> resources.indexOf(script.resource())))
                .toList());
    }

    /** What the history holds for each migration, in the order of their numbers. */
    static Map<String, Integer> checksums(Migrations migrations) {
        Map<String, Integer> sums = new LinkedHashMap<>();
        migrations.scripts().forEach(script -> sums.put(script.resource(), script.checksum()));
        return sums;
    }

    /** In one transaction. */
    void apply(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("BEGIN");
            statement.executeUpdate(HISTORY);
            try (PreparedStatement record = connection.prepareStatement(RECORD)) {
                for (int i = 0; i < scripts.size(); i++) {
                    Script script = scripts.get(i);
                    run(statement, script);
                    record.setInt(1, i + 1);
                    record.setString(2, script.version());
                    record.setString(3, script.description());
                    record.setString(4, script.resource());
                    record.setInt(5, script.checksum());
                    record.executeUpdate();
                }
            }
            statement.executeUpdate("COMMIT");
        }
    }

    private static void run(Statement statement, Script script) throws SQLException {
        try {
            statement.executeUpdate(script.text());
        } catch (SQLException e) {
            throw new SQLException(script.resource() + ": " + e.getMessage(), e);
        }
    }
}
