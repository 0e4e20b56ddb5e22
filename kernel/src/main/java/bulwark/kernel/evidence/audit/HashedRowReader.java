package bulwark.kernel.evidence.audit;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of an audit table in their order, each under the names that its hash covers. One instance for a walk; for one thread. */
public final class HashedRowReader {
    private final String table;
    private final AuditColumns present;
    private final List<AuditColumns> forms;
    private final List<String> names;
    private final String select;
    /** Position of the names that the last row was hashed under; it only grows. */
    private int form;

    HashedRowReader(AuditTable table) {
        this.table = table.name();
        present = table.columns();
        forms = table.hashed();
        names = present.hashed();
        select = "SELECT row_hash, " + String.join(", ", names) + " FROM " + table.name();
    }

    /** All rows after a position, for {@link #read}. */
    ResultSet after(ReadTx tx, long seq) throws SQLException {
        PreparedStatement rows = tx.statement(select + " NOT INDEXED WHERE seq > ? ORDER BY seq");
        rows.setLong(1, seq);
        return rows.executeQuery();
    }

    /** Ascending, after a position (exclusive) up to another (inclusive). */
    public List<HashedRow> page(ReadTx tx, long after, long upTo, int limit) throws SQLException {
        PreparedStatement page = tx.statement(select + " NOT INDEXED WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?");
        page.setLong(1, after);
        page.setLong(2, upTo);
        page.setInt(3, limit);
        List<HashedRow> rows = new ArrayList<>();
        try (ResultSet row = page.executeQuery()) {
            while (row.next()) {
                rows.add(read(row));
            }
        }
        return rows;
    }

    /** Of the newest row; 0 when there is none. */
    public long lastSeq(ReadTx tx) throws SQLException {
        try (ResultSet row =
                tx.statement("SELECT coalesce(max(seq), 0) FROM " + table).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** A row whose hash fits under no names comes under the present ones. */
    HashedRow read(ResultSet row) throws SQLException {
        HashedRow stored = HashedRow.read(row, names);
        for (int i = form; i < forms.size() - 1; i++) {
            HashedRow former = stored.renamed(present, forms.get(i));
            if (former.fits()) {
                form = i;
                return former;
            }
        }
        if (stored.fits()) {
            form = forms.size() - 1;
        }
        return stored;
    }
}
