package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over the canonical JSON of all columns of a row, whatever columns the table has. A column that holds its default is left out,
 * so that a migration which adds a column changes no digest.
 */
final class RowDigests {
    private final GuardedTable table;
    private final Map<String, String> defaults = new HashMap<>();

    private RowDigests(GuardedTable table) {
        this.table = table;
    }

    static RowDigests of(ReadTx tx, GuardedTable table) throws SQLException {
        RowDigests digests = new RowDigests(table);
        PreparedStatement select = tx.statement("SELECT name, dflt_value FROM pragma_table_info(?)");
        select.setString(1, table.name());
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String value = rows.getString(2);
                if (value != null) {
                    digests.defaults.put(rows.getString(1), value);
                }
            }
        }
        return digests;
    }

    /** Null when there is no such row. */
    @Nullable
    String of(ReadTx tx, List<String> key) throws SQLException {
        PreparedStatement select = tx.statement(table.byKey());
        for (int i = 0; i < key.size(); i++) {
            select.setString(i + 1, key.get(i));
        }
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? digest(row) : null;
        }
    }

    /** Of every row, by its name. */
    Map<String, String> all(ReadTx tx) throws SQLException {
        Map<String, String> all = new TreeMap<>();
        of(tx, new TreeMap<>()).forEach((key, digest) -> all.put(table.rowName(key), digest));
        return all;
    }

    /** Of every row that has these values in columns of the key, by its key. */
    Map<List<String>, String> of(ReadTx tx, SortedMap<String, String> partOfKey) throws SQLException {
        Map<List<String>, String> found = new HashMap<>();
        PreparedStatement select = tx.statement(table.byPartOfKey(partOfKey.keySet()));
        int parameter = 1;
        for (String value : partOfKey.values()) {
            select.setString(parameter++, value);
        }
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                List<String> key = new ArrayList<>();
                for (String column : table.keyColumns()) {
                    key.add(rows.getString(column));
                }
                found.put(List.copyOf(key), digest(rows));
            }
        }
        return found;
    }

    private String digest(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> columns = new TreeMap<>();
        ResultSetMetaData names = row.getMetaData();
        for (int i = 1; i <= names.getColumnCount(); i++) {
            String name = names.getColumnName(i);
            String value = row.getString(i);
            if (value != null && !isDefault(value, defaults.get(name))) {
                columns.put(name, value);
            }
        }
        return Digests.sha256Hex(CanonicalJson.bytes(Map.of("table", table.name(), "columns", columns)));
    }

    private static boolean isDefault(String value, @Nullable String literal) {
        return literal != null && (literal.equals(value) || literal.equals("'" + value.replace("'", "''") + "'"));
    }
}
