package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One walk over an audit table. */
final class AuditFsck {
    private static final int MAX_PROBLEMS = 100;

    private final HashedRowReader reader;
    private final String table;
    private final Consumer<HashedRow> fitting;
    private final List<String> problems = new ArrayList<>();
    private long previousSeq;
    private @Nullable String previousHash;

    AuditFsck(AuditTable table) {
        this(table, null, row -> {});
    }

    /**
     * @param after where to begin, or null for the first row
     * @param fitting is given each row whose hash is that of its columns
     */
    AuditFsck(AuditTable table, @Nullable ChainHead after, Consumer<HashedRow> fitting) {
        this.reader = table.reader();
        this.table = table.name();
        this.fitting = fitting;
        if (after != null) {
            previousSeq = after.seq();
            previousHash = after.hash();
        }
    }

    /** Everything that was not read yet. */
    List<String> walk(ReadTx tx, @Nullable ChainHead expected) throws SQLException {
        try (ResultSet rows = reader.after(tx, previousSeq)) {
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

    /** Some rows more. @return false at the end, or after too many problems */
    boolean page(ReadTx tx, long upTo, int limit) throws SQLException {
        List<HashedRow> rows = reader.page(tx, previousSeq, upTo, limit);
        rows.forEach(this::check);
        return !rows.isEmpty() && problems.size() < MAX_PROBLEMS;
    }

    List<String> problems() {
        return problems;
    }

    /** The last row that was read, or where the walk began. */
    Optional<ChainHead> end() {
        return previousHash == null ? Optional.empty() : Optional.of(new ChainHead(table, previousSeq, previousHash));
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
        } else {
            fitting.accept(row);
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
