package bulwark.kernel.evidence.audit;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A table whose rows decide who may do what. Each change of a row is audited together with the digest of the row as it then stands, so
 * that a row can be judged by the audit log instead of by itself.
 *
 * @param keyColumns the primary key
 */
public record GuardedTable(String name, List<String> keyColumns) {
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,60}");

    public GuardedTable {
        keyColumns = List.copyOf(keyColumns);
        if (!NAME.matcher(name).matches()
                || !keyColumns.stream().allMatch(c -> NAME.matcher(c).matches())) {
            throw new IllegalArgumentException("not a table with its key: " + name + " " + keyColumns);
        }
    }

    public static GuardedTable of(String name, String... keyColumns) {
        return new GuardedTable(name, List.of(keyColumns));
    }

    /** What the evidence calls a row: table and key. No part of a key but the last one holds a blank. */
    String rowName(List<String> key) {
        return name + "/" + String.join(" ", key);
    }

    /** Rows with these values in columns of the key. */
    String byPartOfKey(Collection<String> columns) {
        if (!keyColumns.containsAll(columns)) {
            throw new IllegalArgumentException("not of the key of " + name + ": " + columns);
        }
        return "SELECT * FROM " + name
                + (columns.isEmpty() ? "" : " WHERE " + String.join(" = ? AND ", columns) + " = ?");
    }

    String byKey() {
        return "SELECT * FROM " + name + " WHERE " + String.join(" = ? AND ", keyColumns) + " = ?";
    }
}
