package bulwark.kernel.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which migrations a store has had, and what that means under a policy. */
final class Schema {
    private static final Pattern RESOURCE = Pattern.compile("(?:.*/)?V(\\d+)__\\w+\\.sql");

    private final Path file;
    private final Migrations migrations;
    private final Set<String> knownVersions = new HashSet<>();

    Schema(Path file, Migrations migrations) {
        this.file = file;
        this.migrations = migrations;
        for (String resource : migrations.resources()) {
            Matcher matcher = RESOURCE.matcher(resource);
            if (!matcher.matches() || !knownVersions.add(withoutZeros(matcher.group(1)))) {
                throw new IllegalArgumentException(
                        "not a migration of the form V<number>__<what>.sql, or a number twice: " + resource);
            }
        }
    }

    /** For a store that does not exist yet. */
    InitialSchema first() {
        return new InitialSchema(migrations);
    }

    /** Brings the schema up to date, or refuses before the file changes. */
    void apply(Store.SchemaPolicy policy) throws IOException {
        Set<String> applied;
        try {
            applied = applied();
        } catch (SQLException e) {
            throw new StoreRefused(unreadable(e));
        }
        refuseNewer(applied);
        if (applied.equals(knownVersions)) {
            return;
        }
        if (policy == Store.SchemaPolicy.REFUSE_UNLESS_CURRENT) {
            throw new StoreRefused(
                    file + " has an older schema than this program needs: start the node once, which upgrades it.");
        }
        FlywayMigrations.run(file, migrations);
    }

    private String unreadable(SQLException failure) {
        return Sqlite.missingLibrary(failure)
                .map(reason -> "SQLite's native library cannot be loaded (" + reason
                        + "): nothing is wrong with " + file
                        + ". Build the program again, and run it where its own folder may hold executable files.")
                .orElseGet(() -> file + " cannot be read (" + failure.getMessage() + "): restore it from a snapshot.");
    }

    /** A look before any file is made beside the database; what cannot be read yet is judged again under the lock. */
    void refuseNewerEarly() throws IOException {
        Set<String> applied;
        try {
            applied = applied();
        } catch (SQLException e) {
            return;
        }
        refuseNewer(applied);
    }

    private void refuseNewer(Set<String> applied) {
        if (!knownVersions.containsAll(applied)) {
            throw new StoreRefused(file + " was written by a newer version of this program; it was left untouched."
                    + " Start the newer version, or restore a snapshot from before the upgrade.");
        }
    }

    private Set<String> applied() throws SQLException, IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        Path shared = file.resolveSibling(file.getFileName() + "-shm");
        if (!Files.exists(log)) {
            return applied("mode=ro&immutable=1");
        }
        if (Files.exists(shared)) {
            return applied("mode=ro");
        }
        try {
            return applied("mode=ro");
        } finally {
            Files.deleteIfExists(shared);
        }
    }

    private Set<String> applied(String parameters) throws SQLException {
        Set<String> versions = new HashSet<>();
        try (Connection connection = Sqlite.open(file, parameters);
                Statement statement = connection.createStatement()) {
            if (!hasHistory(statement)) {
                return versions;
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT version FROM flyway_schema_history WHERE version IS NOT NULL AND success = 1")) {
                while (rows.next()) {
                    versions.add(withoutZeros(rows.getString(1)));
                }
            }
        }
        return versions;
    }

    private static boolean hasHistory(Statement statement) throws SQLException {
        try (ResultSet table = statement.executeQuery(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'flyway_schema_history'")) {
            return table.next();
        }
    }

    private static String withoutZeros(String version) {
        return version.replaceFirst("^0+(?=\\d)", "");
    }
}
