package bulwark.kernel.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the schema of a store with the one that its migrations make: a trigger that guards a table is part of what a store
 * promises, and whoever can write the file can drop it. The expected schema is made in memory and never read from the store.
 */
final class SchemaCheck {
    private static final String OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE"
            + " 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> 'flyway_schema_history' ORDER BY type, name";
    private static final String HISTORY =
            "SELECT script, checksum, success FROM flyway_schema_history WHERE version IS NOT NULL ORDER BY installed_rank";

    private final Migrations migrations;

    SchemaCheck(Migrations migrations) {
        this.migrations = migrations;
    }

    /** @param objects type and name of each → the text that makes it */
    record Stored(List<AppliedMigration> history, Map<String, String> objects) {}

    /** The short part of the check, which needs the store. */
    static Stored stored(ReadTx tx) throws SQLException {
        return new Stored(history(tx), objects(tx.statement(OBJECTS)));
    }

    /** In the order in which the store had them. */
    static List<AppliedMigration> history(ReadTx tx) throws SQLException {
        List<AppliedMigration> history = new ArrayList<>();
        try (ResultSet rows = tx.statement(HISTORY).executeQuery()) {
            while (rows.next()) {
                history.add(new AppliedMigration(rows.getString(1), rows.getInt(2), rows.getBoolean(3)));
            }
        }
        return history;
    }

    List<String> problems(Stored stored) {
        List<String> problems = new ArrayList<>();
        try {
            Map<String, Integer> sums = InitialSchema.checksums(migrations);
            List<String> order = history(stored.history, sums, problems);
            compare(expected(order), stored.objects, problems);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the program's own migrations cannot be read or applied", e);
        }
        return problems;
    }

    /** @return the migrations in the order in which this store had them: the text of a table that two of them changed depends on it */
    private static List<String> history(
            List<AppliedMigration> applied, Map<String, Integer> sums, List<String> problems) {
        Map<String, Integer> missing = new LinkedHashMap<>(sums);
        List<String> order = new ArrayList<>();
        for (AppliedMigration each : applied) {
            Integer sum = missing.remove(each.script());
            if (sum == null) {
                problems.add(
                        "The store's history names the migration " + each.script() + ", which this program does not"
                                + (sums.containsKey(each.script()) ? " apply twice." : " know."));
            } else {
                order.add(each.script());
                if (each.checksum() != sum || !each.success()) {
                    problems.add("The store's history names the migration " + each.script()
                            + " with another checksum than this program's, or as failed.");
                }
            }
        }
        missing.keySet()
                .forEach(script -> problems.add("The migration " + script + " is missing in the store's history."));
        order.addAll(missing.keySet());
        return order;
    }

    private Map<String, String> expected(List<String> order) throws SQLException, IOException {
        try (Connection memory = Sqlite.memory()) {
            InitialSchema.inOrder(migrations, order).apply(memory);
            try (PreparedStatement select = memory.prepareStatement(OBJECTS)) {
                return objects(select);
            }
        }
    }

    private static Map<String, String> objects(PreparedStatement select) throws SQLException {
        Map<String, String> objects = new TreeMap<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                objects.put(
                        rows.getString(1) + " " + rows.getString(2),
                        rows.getString(3) + " " + plain(rows.getString(4)));
            }
        }
        return objects;
    }

    /** Comments and white space change nothing. */
    private static String plain(@Nullable String sql) {
        return sql == null
                ? ""
                : sql.replaceAll("--[^\n]*", " ").replaceAll("\\s+", " ").strip();
    }

    private static void compare(Map<String, String> expected, Map<String, String> found, List<String> problems) {
        expected.forEach((name, sql) -> {
            String actual = found.get(name);
            if (actual == null) {
                problems.add("The " + name + " is missing in the store.");
            } else if (!actual.equals(sql)) {
                problems.add("The " + name + " of the store is not the one that the migrations make.");
            }
        });
        found.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> problems.add("The " + name + " of the store is made by no migration."));
    }
}
