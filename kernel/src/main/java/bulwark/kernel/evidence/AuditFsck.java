package bulwark.kernel.evidence;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One walk over an audit table. */
final class AuditFsck {
    private static final int MAX_PROBLEMS = 100;

    private final HashedRowReader reader;
    private final String table;
    private final List<String> problems = new ArrayList<>();
    private long previousSeq;
    private @Nullable String previousHash;

    AuditFsck(AuditTable table) {
        this.reader = table.reader();
        this.table = table.name();
    }

    List<String> walk(ReadTx tx, @Nullable ChainHead expected) throws SQLException {
        try (ResultSet rows = reader.all(tx)) {
            while (problems.size() < MAX_PROBLEMS && rows.next()) {
                check(reader.read(rows));
            }
        }
        if (problems.size() >= MAX_PROBLEMS) {
            problems.add("The walk over " + table + " stopped here: there may be more problems.");
        } else if (expected != null) {
            checkExpected(tx, expected);
        }
        return problems;
    }

    private void check(HashedRow row) {
        long seq = row.seq();
        if (seq != previousSeq + 1) {
            problems.add(
                    seq == previousSeq + 2
                            ? "Row " + (previousSeq + 1) + " of " + table + " is missing."
                            : "Rows " + (previousSeq + 1) + " to " + (seq - 1) + " of " + table + " are missing.");
        }
        if (!row.fits()) {
            problems.add(
                    "Row " + seq + " of " + table + " was changed after it was written: its row_hash does not fit.");
        }
        if (!Objects.equals(row.previousHash(), previousHash)) {
            problems.add("Row " + seq + " of " + table + " does not follow the row before it: its prev_hash differs.");
        }
        previousSeq = seq;
        previousHash = row.rowHash();
    }

    private void checkExpected(ReadTx tx, ChainHead expected) throws SQLException {
        PreparedStatement select = tx.statement("SELECT row_hash FROM " + table + " WHERE seq = ?");
        select.setLong(1, expected.seq());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                problems.add("The tail of " + table + " was cut off: it ends at row " + previousSeq + ", but row "
                        + expected.seq() + " is on record.");
            } else if (!expected.hash().equals(row.getString(1))) {
                problems.add(
                        "Row " + expected.seq() + " of " + table + " is not the one on record: its row_hash differs.");
            }
        }
    }
}
