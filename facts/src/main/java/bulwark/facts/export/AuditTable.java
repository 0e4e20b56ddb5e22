package bulwark.facts.export;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The two tables of evidence, row by row as stored. */
public enum AuditTable {
    FACT_AUDIT_LOG("fact_audit_log"),
    FEDERATION_AUDIT("federation_audit");

    static final List<String> COLUMNS = List.of(
            "seq",
            "id",
            "event_type",
            "entity_uri",
            "oidc_sub",
            "fact_id",
            "source",
            "attested_key_id",
            "ts",
            "tenant_id",
            "detail",
            "prev_hash",
            "row_hash");
    private final String table;

    AuditTable(String table) {
        this.table = table;
    }

    public String wire() {
        return table;
    }

    public static Optional<AuditTable> of(String wire) {
        for (AuditTable table : values()) {
            if (table.wire().equals(wire)) {
                return Optional.of(table);
            }
        }
        return Optional.empty();
    }

    /** A row in the form of its file line, and the two columns that the export itself needs. */
    record Line(long seq, String rowHash, byte[] json) {}

    /** Ascending, after a position (exclusive) up to another (inclusive). */
    List<Line> lines(ReadTx tx, long after, long upTo, int limit) throws SQLException {
        PreparedStatement select = tx.statement("SELECT " + String.join(", ", COLUMNS) + " FROM " + table
                + " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?");
        select.setLong(1, after);
        select.setLong(2, upTo);
        select.setInt(3, limit);
        List<Line> lines = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                lines.add(line(rows));
            }
        }
        return lines;
    }

    /** Seq of the newest row, 0 when there is none. */
    long head(ReadTx tx) throws SQLException {
        try (ResultSet rows =
                tx.statement("SELECT COALESCE(MAX(seq), 0) FROM " + table).executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static Line line(ResultSet rows) throws SQLException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (int i = 0; i < COLUMNS.size(); i++) {
            members.put(COLUMNS.get(i), i == 0 ? (Object) rows.getLong(1) : rows.getString(i + 1));
        }
        return new Line(rows.getLong(1), rows.getString(COLUMNS.size()), CanonicalJson.bytes(members));
    }
}
