package bulwark.kernel.postgresql;

import bulwark.kernel.storage.AppliedMigration;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Migrations.Script;
import bulwark.kernel.storage.SchemaStatus;
import bulwark.kernel.storage.StoreRefused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which migrations a database says that it had, in their order. Immutable. */
final class MigrationHistory {
    private static final String HISTORY = "flyway_schema_history";

    private final PostgresUrl url;
    private final List<AppliedMigration> applied;

    private MigrationHistory(PostgresUrl url, List<AppliedMigration> applied) {
        this.url = url;
        this.applied = List.copyOf(applied);
    }

    static boolean hasSchema(Connection connection, String schema) throws SQLException {
        return any(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", schema);
    }

    static boolean isThere(Connection connection, String schema) throws SQLException {
        return any(
                connection,
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                        + " AND c.relname = '" + HISTORY + "'",
                schema);
    }

    private static boolean holdsTables(Connection connection, String schema) throws SQLException {
        return any(
                connection,
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                        + " AND c.relkind IN ('r', 'v', 'm', 'p', 'f') LIMIT 1",
                schema);
    }

    private static boolean any(Connection connection, String sql, String schema) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, schema);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @throws StoreRefused for a schema of another program */
    static MigrationHistory read(Connection connection, PostgresUrl url) throws SQLException {
        List<AppliedMigration> applied = new ArrayList<>();
        if (!isThere(connection, url.schema())) {
            if (holdsTables(connection, url.schema())) {
                throw new StoreRefused(
                        "The schema " + url.schema() + " of the " + url.name()
                                + " holds tables of another program; it was left untouched. Name an empty schema with ?schema=.");
            }
            return new MigrationHistory(url, applied);
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT script, checksum, success FROM "
                        + PostgresSchema.quoted(url.schema()) + "." + HISTORY
                        + " WHERE version IS NOT NULL ORDER BY installed_rank");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                applied.add(new AppliedMigration(row.getString(1), row.getInt(2), row.getBoolean(3)));
            }
        }
        return new MigrationHistory(url, applied);
    }

    /** As {@link SchemaStatus} has it; a database without a history has no store. */
    SchemaStatus status(Migrations migrations) {
        return applied.isEmpty()
                ? new SchemaStatus.Absent(
                        migrations.scripts().stream().map(Script::resource).toList())
                : SchemaStatus.of(applied, migrations);
    }

    /**
     * What is still to be applied, in the order of its numbers.
     *
     * @throws StoreRefused when the history is none that this program makes: a failed or unknown migration, an edited one, another order
     */
    List<Script> pending(Migrations migrations) {
        List<String> problems = new ArrayList<>();
        List<Script> pending = compare(migrations, problems);
        if (!problems.isEmpty()) {
            throw new StoreRefused("The " + url.name() + " was left untouched: " + String.join(" ", problems));
        }
        return pending;
    }

    /** @return sentences, empty when every migration was applied as this program knows it */
    List<String> problems(Migrations migrations) {
        List<String> problems = new ArrayList<>();
        for (Script missing : compare(migrations, problems)) {
            problems.add("The migration " + missing.resource() + " is missing in the history.");
        }
        return problems;
    }

    private List<Script> compare(Migrations migrations, List<String> problems) {
        Map<String, Script> known = new HashMap<>();
        migrations.scripts().forEach(script -> known.put(script.resource(), script));
        Map<String, Script> newest = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (AppliedMigration each : applied) {
            Script script = known.get(each.script());
            if (!each.success()) {
                problems.add("The migration " + each.script() + " failed before: restore a backup from before it.");
            } else if (script == null) {
                problems.add(
                        "The migration " + each.script()
                                + " is of a newer version of this program: start that one, or restore a backup from before the upgrade.");
            } else if (!seen.add(each.script())) {
                problems.add("The migration " + each.script() + " stands twice in the history.");
            } else if (script.checksum() != each.checksum()) {
                problems.add("The migration " + each.script()
                        + " was applied with another text than this program has: its checksum differs.");
            } else {
                Script before = newest.put(script.folder(), script);
                if (before != null && before.number() > script.number()) {
                    problems.add("The migration " + each.script() + " was applied after " + before.resource()
                            + ", which is out of order.");
                }
            }
        }
        List<Script> pending = migrations.scripts().stream()
                .filter(script -> !seen.contains(script.resource()))
                .toList();
        for (Script script : pending) {
            Script before = newest.get(script.folder());
            if (before != null && before.number() > script.number()) {
                problems.add("The migration " + script.resource() + " is missing, and the later " + before.resource()
                        + " was applied, which is out of order.");
            }
        }
        return pending;
    }

    /** The scripts in the order in which this database had them: the columns of a table that two of them changed depend on it. */
    List<Script> order(Migrations migrations) {
        List<String> order = applied.stream().map(AppliedMigration::script).toList();
        return migrations.scripts().stream()
                .sorted(Comparator.comparingInt(script -> order.indexOf(script.resource())))
                .toList();
    }
}
