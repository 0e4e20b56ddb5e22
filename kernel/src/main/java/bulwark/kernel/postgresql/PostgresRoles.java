package bulwark.kernel.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the role that reads and writes rows may do: everything to rows, but for those of tables that only grow, and nothing to tables. */
final class PostgresRoles {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresRoles.class);

    /** Tables with the trigger of {@code AuditTable}. */
    private static final String APPEND_ONLY = """
            SELECT c.oid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = ?::regnamespace AND t.tgname LIKE '%\\_append\\_only' ORDER BY 1
            """;

    private static final String RIGHTS = """
            SELECT r.rolsuper OR pg_has_role(r.oid, c.relowner, 'USAGE')
                OR has_table_privilege(r.oid, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
                OR has_schema_privilege(r.oid, c.relnamespace, 'CREATE')
            FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = ?::regclass
            """;

    private PostgresRoles() {}

    /** On a connection of the schema's owner, in its transaction. */
    static void grant(Connection connection, String schema, String user) throws SQLException {
        String in = PostgresSchema.quoted(schema);
        String to = PostgresSchema.quoted(user);
        List<String> grants = new ArrayList<>(List.of(
                "GRANT USAGE ON SCHEMA " + in + " TO " + to,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + in + " TO " + to,
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA " + in + " TO " + to,
                "REVOKE INSERT, UPDATE, DELETE ON " + in + ".flyway_schema_history FROM " + to,
                "REVOKE INSERT, DELETE ON " + in + "." + PostgresSchema.WRITER + " FROM " + to));
        for (String table : appendOnly(connection, schema)) {
            grants.add("REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON " + table + " FROM " + to);
        }
        try (Statement statement = connection.createStatement()) {
            for (String each : grants) {
                statement.execute(each);
            }
        }
    }

    /** Says so when the role of a connection could alter evidence. */
    static void warn(Connection connection, PostgresUrl url) throws SQLException {
        List<String> tables = alterable(connection, url.schema());
        if (!tables.isEmpty()) {
            LOG.warn(
                    "SECURITY WARNING: the role {} may alter the audit table {} of the {}: whoever has its password can drop what guards"
                            + " the rows. Name another role, which owns the schema, for migrations, and start again.",
                    url.user(),
                    tables.getFirst(),
                    url.name());
        }
    }

    /** Tables that only grow, of which the role of the connection could change more: rows, triggers or the table itself. */
    static List<String> alterable(Connection connection, String schema) throws SQLException {
        List<String> tables = new ArrayList<>();
        for (String table : appendOnly(connection, schema)) {
            try (PreparedStatement select = connection.prepareStatement(RIGHTS)) {
                select.setString(1, table);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        tables.add(table);
                    }
                }
            }
        }
        return tables;
    }

    private static List<String> appendOnly(Connection connection, String schema) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(APPEND_ONLY)) {
            select.setString(1, PostgresSchema.quoted(schema));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
        }
        return tables;
    }
}
