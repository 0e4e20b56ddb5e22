package bulwark.facts.fact;

import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads facts by key. Rows are checked against their CID and journal hash on the way out; a mismatch is the 409 refusal. */
public final class FactTable {
    private FactTable() {}

    public static Optional<Fact> byId(ReadTx tx, String id) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** In any order; unknown ids are left out. */
    public static List<Fact> byIds(ReadTx tx, Collection<String> ids) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Ascending from a row id (exclusive), for indexes that follow the store. */
    public static List<Fact> after(ReadTx tx, long rowId, int limit) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Which of these facts stand in an unresolved contradiction, computed on the whole store. */
    public static Set<String> contradicted(ReadTx tx, Collection<Fact> facts) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }
}
