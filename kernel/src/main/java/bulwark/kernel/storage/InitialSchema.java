package bulwark.kernel.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * All migrations at once on a database that is empty and nobody else's yet, with the history that Flyway would have written:
 * Flyway takes over from there, and checks these checksums, when a later version brings more. Loading Flyway for this would be
 * half of a first start.
 */
final class InitialSchema {
    private static final Pattern NAME = Pattern.compile("(?:.*/)?V(\\d+)__(\\w+)\\.sql");

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

    private final Migrations migrations;
    private final List<Script> scripts;

    InitialSchema(Migrations migrations) {
        this(
                migrations,
                migrations.resources().stream()
                        .map(Script::of)
                        .sorted(Comparator.comparingLong(Script::number))
                        .toList());
    }

    private InitialSchema(Migrations migrations, List<Script> scripts) {
        this.migrations = migrations;
        this.scripts = scripts;
    }

    /** For a database that had these in another order than that of their numbers. */
    static InitialSchema inOrder(Migrations migrations, List<String> resources) {
        return new InitialSchema(migrations, resources.stream().map(Script::of).toList());
    }

    /** What the history holds for each migration, in the order of their numbers. */
    static Map<String, Integer> checksums(Migrations migrations) throws IOException {
        Map<String, Integer> sums = new LinkedHashMap<>();
        for (Script script : new InitialSchema(migrations).scripts) {
            sums.put(script.resource, checksum(migrations.text(script.resource)));
        }
        return sums;
    }

    /** In one transaction. */
    void apply(Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("BEGIN");
            statement.executeUpdate(HISTORY);
            try (PreparedStatement record = connection.prepareStatement(RECORD)) {
                for (int i = 0; i < scripts.size(); i++) {
                    Script script = scripts.get(i);
                    String sql = migrations.text(script.resource);
                    run(statement, script, sql);
                    record.setInt(1, i + 1);
                    record.setString(2, script.version);
                    record.setString(3, script.description);
                    record.setString(4, script.resource);
                    record.setInt(5, checksum(sql));
                    record.executeUpdate();
                }
            }
            statement.executeUpdate("COMMIT");
        }
    }

    private static void run(Statement statement, Script script, String sql) throws SQLException {
        try {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new SQLException(script.resource + ": " + e.getMessage(), e);
        }
    }

    /** Flyway's: CRC-32 over the lines without their ends. */
    private static int checksum(String sql) {
        CRC32 sum = new CRC32();
        sql.lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) sum.getValue();
    }

    private record Script(String resource, String version, String description) {
        static Script of(String resource) {
            Matcher name = NAME.matcher(resource);
            if (!name.matches()) {
                throw new IllegalArgumentException("not a migration of the form V<number>__<what>.sql: " + resource);
            }
            return new Script(resource, name.group(1), name.group(2).replace('_', ' '));
        }

        long number() {
            return Long.parseLong(version);
        }
    }
}
