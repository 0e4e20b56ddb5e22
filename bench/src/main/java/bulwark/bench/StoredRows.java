package bulwark.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rows that facts left in a store, table by table, all hashes already computed: what the store alone would have to write.
 *
 * @param inserts a statement for each table
 * @param rows for each fact, the values of each of those statements
 */
record StoredRows(List<String> inserts, List<List<Object[]>> rows) {
    private static final List<String> QUERIES = List.of(
            "SELECT * FROM facts ORDER BY row_id",
            "SELECT * FROM fact_journal ORDER BY seq",
            "SELECT a.* FROM facts f JOIN fact_cid_aliases a ON a.fact_id = f.id ORDER BY f.row_id",
            "SELECT * FROM fact_chain ORDER BY chain_seq",
            "SELECT a.* FROM fact_audit_log a WHERE event_type = 'fact_write' ORDER BY seq");

    /** @param store of a stopped node that was asked for new facts without contradictions only */
    static StoredRows read(Path store, int most) throws SQLException {
        List<String> inserts = new ArrayList<>();
        List<List<Object[]>> tables = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            for (String query : QUERIES) {
                try (ResultSet rows = statement.executeQuery(query + " LIMIT " + most)) {
                    inserts.add(insert(query, rows));
                    tables.add(values(rows));
                }
            }
        }
        int facts = tables.stream().mapToInt(List::size).min().orElse(0);
        List<List<Object[]>> byFact = new ArrayList<>(facts);
        for (int i = 0; i < facts; i++) {
            int fact = i;
            byFact.add(tables.stream().map(table -> table.get(fact)).toList());
            // The audit log has rows of other kinds between; here its numbers follow each other.
            byFact.getLast().getLast()[0] = i + 1;
        }
        return new StoredRows(List.copyOf(inserts), byFact);
    }

    private static String insert(String query, ResultSet rows) throws SQLException {
        String table = rows.getMetaData().getTableName(1);
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            names.add(rows.getMetaData().getColumnName(i));
        }
        if (table.isEmpty()) {
            throw new SQLException("no table behind " + query);
        }
        return "INSERT INTO " + table + " (" + String.join(", ", names) + ") VALUES ("
                + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
    }

    private static List<Object[]> values(ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        List<Object[]> values = new ArrayList<>();
        while (rows.next()) {
            Object[] row = new Object[columns];
            for (int i = 0; i < columns; i++) {
                row[i] = rows.getObject(i + 1);
            }
            values.add(row);
        }
        return values;
    }
}
