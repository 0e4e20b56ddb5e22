package bulwark.kernel.postgresql;

import bulwark.kernel.storage.Migrations.Script;
import bulwark.kernel.storage.ReadTx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the live schema with the one that the migrations make, which is made beside it as temporary tables and rolled back: a
 * trigger that guards a table is part of what a store promises, and the table's owner can drop it.
 */
final class PostgresSchemaCheck {
    /** Kind, name, and text of each object of a schema. Columns in their order, so that a description of two tables is equal when they are. */
    private static final String OBJECTS = """
            SELECT 'column', c.relname || '.' || a.attname,
                concat_ws(' ', row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attnotnull THEN 'not null' END, a.attidentity::text, a.attgenerated::text, o.collname,
                    pg_get_expr(d.adbin, d.adrelid))
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                LEFT JOIN pg_collation o ON o.oid = a.attcollation
            WHERE c.relnamespace = ? AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
            UNION ALL
            SELECT 'relation', c.relname, concat_ws(' ', c.relkind::text, c.relrowsecurity, c.relhassubclass, c.relispartition)
            FROM pg_class c WHERE c.relnamespace = ? AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
            UNION ALL
            SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = ?
            UNION ALL
            SELECT 'constraint', c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
                || CASE WHEN k.convalidated THEN '' ELSE ' invalid' END
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = ?
            UNION ALL
            SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = ? AND NOT t.tgisinternal
            UNION ALL
            SELECT 'rule', c.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
            FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = ? AND r.rulename <> '_RETURN'
            UNION ALL
            SELECT 'function', p.proname, concat_ws(' ', p.prosecdef, p.proconfig::text, p.prosrc)
            FROM pg_proc p WHERE p.pronamespace = ?
            """;

    /** One number for all of it in the schema of the connection, and for the history: another number means another schema. */
    static final String FINGERPRINT =
            "SELECT hashtextextended(string_agg(concat_ws(' ', kind, name, text), ';' ORDER BY kind, name)"
                    + " || (SELECT coalesce(max(installed_rank), 0) FROM flyway_schema_history)::text, 0) FROM ("
                    + OBJECTS.replace("?", "current_schema()::regnamespace") + ") AS objects (kind, name, text)";

    private static final int NAMESPACES = 7;
    private static final String TEMPORARY = "pg_temp";

    private final String schema;

    PostgresSchemaCheck(String schema) {
        this.schema = schema;
    }

    /** @param scripts in the order in which the database had them @return sentences; the transaction is left as it was */
    List<String> problems(Connection connection, List<Script> scripts) throws SQLException {
        Map<String, String> live = describe(connection, namespace(connection, "?::regnamespace", schema));
        Savepoint before = connection.setSavepoint();
        Map<String, String> expected;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL search_path = pg_temp");
            statement.execute(PostgresSchema.OWN);
            for (Script script : scripts) {
                statement.execute(PostgresSchema.text(script, TEMPORARY));
            }
            expected = describe(connection, namespace(connection, "pg_my_temp_schema()", null));
        } finally {
            connection.rollback(before);
        }
        return compare(expected, live);
    }

    private static long namespace(Connection connection, String expression, @Nullable String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT (" + expression + ")::oid::bigint")) {
            if (name != null) {
                select.setString(1, PostgresSchema.quoted(name));
            }
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private Map<String, String> describe(Connection connection, long namespace) throws SQLException {
        Map<String, String> objects = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(OBJECTS)) {
            for (int i = 1; i <= NAMESPACES; i++) {
                select.setLong(i, namespace);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    objects.put(row.getString(1) + " " + row.getString(2), plain(row.getString(3)));
                }
            }
        }
        return objects;
    }

    /** Without the name of the schema, which is another one. */
    private String plain(String text) {
        return text.replaceAll("\\bpg_temp(_\\d+)?\\.", "")
                .replace(PostgresSchema.quoted(schema) + ".", "")
                .replaceAll("\\b" + schema + "\\.", "");
    }

    private static List<String> compare(Map<String, String> expected, Map<String, String> live) {
        List<String> problems = new ArrayList<>();
        expected.forEach((name, text) -> {
            String found = live.get(name);
            if (found == null) {
                problems.add("The " + name + " is missing in the store.");
            } else if (!found.equals(text)) {
                problems.add("The " + name + " of the store is not the one that the migrations make.");
            }
        });
        live.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> problems.add("The " + name + " of the store is made by no migration."));
        return problems;
    }

    /** What the server itself calls unusable or unproven. */
    static List<String> invalid(ReadTx tx) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (ResultSet row = tx.statement(
                        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON"
                                + " c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid")
                .executeQuery()) {
            while (row.next()) {
                problems.add("The index " + row.getString(1) + " is not valid: build it again with REINDEX.");
            }
        }
        return problems;
    }
}
