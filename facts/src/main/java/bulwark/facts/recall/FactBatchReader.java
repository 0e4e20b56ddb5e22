package bulwark.facts.recall;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactTable;
import bulwark.kernel.storage.ReadJob;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the store in order for the index. A fact that fails its integrity check is left out, and does not stop the rest. */
final class FactBatchReader {
    private static final Logger LOG = LoggerFactory.getLogger(FactBatchReader.class);
    private static final int SIZE = 500;

    private final Store store;

    FactBatchReader(Store store) {
        this.store = store;
    }

    /**
     * @param lastRow the page covers the rows up to here
     * @param facts those of them that are whole
     */
    record Page(long lastRow, List<Fact> facts) {
        boolean atEnd(long after) {
            return lastRow == after;
        }
    }

    /** The rows after this one; a page that ends where it began is the end of the store. */
    Page after(long row) {
        try {
            List<Fact> facts = read(tx -> FactTable.after(tx, row, SIZE));
            return facts.isEmpty()
                    ? new Page(row, facts)
                    : new Page(facts.getLast().rowId(), facts);
        } catch (ApiRefusal e) {
            return oneAfter(row);
        }
    }

    private Page oneAfter(long row) {
        try {
            List<Fact> fact = read(tx -> FactTable.after(tx, row, 1));
            return fact.isEmpty()
                    ? new Page(row, fact)
                    : new Page(fact.getFirst().rowId(), fact);
        } catch (ApiRefusal e) {
            long next = read(tx -> nextRow(tx, row));
            LOG.error("fact in row {} fails its integrity check and is left out of recall: {}", next, e.getMessage());
            return new Page(next, List.of());
        }
    }

    long lastRow() {
        return read(tx -> number(tx.statement("SELECT coalesce(max(row_id), 0) FROM facts")));
    }

    Optional<IndexPosition> positionAt(long row) {
        return read(tx -> IndexPosition.inStore(tx, row));
    }

    private <T> T read(ReadJob<T> job) {
        try {
            return store.read(job);
        } catch (ApiRefusal e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Unreadable(e);
        }
    }

    /** The store did not answer; this says nothing about the index. */
    static final class Unreadable extends RuntimeException {
        Unreadable(RuntimeException cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }

    private static long nextRow(ReadTx tx, long row) throws SQLException {
        PreparedStatement select = tx.statement("SELECT coalesce(min(row_id), ?1) FROM facts WHERE row_id > ?1");
        select.setLong(1, row);
        return number(select);
    }

    private static long number(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
