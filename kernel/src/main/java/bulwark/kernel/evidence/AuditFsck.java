package bulwark.kernel.evidence;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One walk over an audit table. */
final class AuditFsck {
    private static final int MAX_PROBLEMS = 100;
    private static final List<String> TEXT_COLUMNS = List.of(
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
            "prev_hash");

    private final String table;
    private final List<String> problems = new ArrayList<>();
    private long previousSeq;
    private @Nullable String previousHash;

    AuditFsck(String table) {
        this.table = table;
    }

    List<String> walk(ReadTx tx, AuditLog.@Nullable Head expected) throws SQLException {
        String sql = "SELECT seq, row_hash, " + String.join(", ", TEXT_COLUMNS) + " FROM " + table + " ORDER BY seq";
        try (ResultSet rows = tx.statement(sql).executeQuery()) {
            while (problems.size() < MAX_PROBLEMS && rows.next()) {
                check(rows);
            }
        }
        if (problems.size() >= MAX_PROBLEMS) {
            problems.add("The walk over " + table + " stopped here: there may be more problems.");
        } else if (expected != null) {
            checkExpected(tx, expected);
        }
        return problems;
    }

    private void check(ResultSet row) throws SQLException {
        long seq = row.getLong(1);
        String hash = row.getString(2);
        if (seq != previousSeq + 1) {
            problems.add(
                    seq == previousSeq + 2
                            ? "Row " + (previousSeq + 1) + " of " + table + " is missing."
                            : "Rows " + (previousSeq + 1) + " to " + (seq - 1) + " of " + table + " are missing.");
        }
        Map<String, @Nullable Object> columns = HashMap.newHashMap(12);
        columns.put("seq", seq);
        for (int i = 0; i < TEXT_COLUMNS.size(); i++) {
            columns.put(TEXT_COLUMNS.get(i), row.getString(3 + i));
        }
        if (!hashOf(columns).equals(hash)) {
            problems.add(
                    "Row " + seq + " of " + table + " was changed after it was written: its row_hash does not fit.");
        }
        if (!Objects.equals(columns.get("prev_hash"), previousHash)) {
            problems.add("Row " + seq + " of " + table + " does not follow the row before it: its prev_hash differs.");
        }
        previousSeq = seq;
        previousHash = hash;
    }

    private static String hashOf(Map<String, @Nullable Object> columns) {
        try {
            return AuditRow.hash(columns);
        } catch (IllegalArgumentException e) {
            // Text that this program cannot have written.
            return "";
        }
    }

    private void checkExpected(ReadTx tx, AuditLog.Head expected) throws SQLException {
        PreparedStatement select = tx.statement("SELECT row_hash FROM " + table + " WHERE seq = ?");
        select.setLong(1, expected.seq());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                problems.add("The tail of " + table + " was cut off: it ends at row " + previousSeq + ", but row "
                        + expected.seq() + " is on record.");
            } else if (!expected.rowHash().equals(row.getString(1))) {
                problems.add(
                        "Row " + expected.seq() + " of " + table + " is not the one on record: its row_hash differs.");
            }
        }
    }
}
