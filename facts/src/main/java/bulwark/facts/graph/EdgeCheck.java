package bulwark.facts.graph;

import bulwark.facts.fact.EntityUri;
import bulwark.facts.fact.IsoInstants;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Edges are derived from facts: each must say what its fact says, and each fact that refers to an entity must have one. An instance walks
 * over all of them once, a page at a time. For one thread.
 */
public final class EdgeCheck {
    private static final int MAX_PROBLEMS = 20;
    private static final int PAGE = 1_000;
    private static final String UP_TO =
            "SELECT max(row_id) FROM (SELECT row_id FROM facts WHERE row_id > ? ORDER BY row_id LIMIT ?)";
    private static final String PAIRS = "SELECT f.row_id, f.id, f.tenant_id, f.scope, f.entity, f.relation, f.value_v,"
            + " f.confidence, f.garden_id, f.valid_until, e.fact_row, e.fact_id, e.tenant_id, e.scope, e.subject,"
            + " e.relation, e.object, e.confidence, e.garden_id, e.expires_at FROM facts f LEFT JOIN edges e ON"
            + " e.fact_row = f.row_id WHERE f.row_id > ? AND f.row_id <= ? AND f.confidence > 0 AND f.value_type = 'ref'"
            + " ORDER BY f.row_id";
    private static final String EDGES = "SELECT e.fact_row, EXISTS (SELECT 1 FROM facts f WHERE f.row_id = e.fact_row"
            + " AND f.confidence > 0 AND f.value_type = 'ref') FROM edges e WHERE e.fact_row > ? ORDER BY e.fact_row LIMIT ?";

    private long fact = Long.MIN_VALUE;
    private long edge = Long.MIN_VALUE;
    private boolean factsSeen;

    /** @return one sentence each, empty when whole */
    public static List<String> problems(ReadTx tx) throws SQLException {
        List<String> problems = new ArrayList<>();
        EdgeCheck walk = new EdgeCheck();
        List<String> page = walk.next(tx, PAGE);
        while (page != null && problems.size() < MAX_PROBLEMS) {
            problems.addAll(page);
            page = walk.next(tx, PAGE);
        }
        return problems;
    }

    /**
     * Compares the next page: facts with their edges first, then edges with their facts.
     *
     * @param rows the most rows that are read
     * @return one sentence each, null at the end
     */
    public @Nullable List<String> next(ReadTx tx, int rows) throws SQLException {
        if (!factsSeen) {
            PreparedStatement end = tx.statement(UP_TO);
            end.setLong(1, fact);
            end.setInt(2, rows);
            try (ResultSet row = end.executeQuery()) {
                row.next();
                long last = row.getLong(1);
                if (!row.wasNull()) {
                    return facts(tx, last);
                }
            }
            factsSeen = true;
        }
        return edges(tx, rows);
    }

    private List<String> facts(ReadTx tx, long last) throws SQLException {
        List<String> problems = new ArrayList<>();
        PreparedStatement select = tx.statement(PAIRS);
        select.setLong(1, fact);
        select.setLong(2, last);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String problem = problem(rows);
                if (problem != null) {
                    problems.add(problem);
                }
            }
        }
        fact = last;
        return problems;
    }

    private @Nullable List<String> edges(ReadTx tx, int most) throws SQLException {
        List<String> problems = new ArrayList<>();
        PreparedStatement select = tx.statement(EDGES);
        select.setLong(1, edge);
        select.setInt(2, most);
        boolean any = false;
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                any = true;
                edge = rows.getLong(1);
                if (!rows.getBoolean(2)) {
                    problems.add("edge " + edge + " follows from no fact");
                }
            }
        }
        return any ? problems : null;
    }

    private static @Nullable String problem(ResultSet row) throws SQLException {
        boolean wanted = EdgeProjection.refersToEntity("ref", row.getString(7));
        boolean there = row.getString(12) != null;
        if (!wanted && !there) {
            return null;
        }
        if (wanted && !there) {
            return "the edge of fact " + row.getString(2) + " is missing";
        }
        if (!wanted) {
            return "the edge of fact " + row.getString(2) + " does not follow from it";
        }
        boolean same = row.getString(2).equals(row.getString(12))
                && row.getString(3).equals(row.getString(13))
                && row.getString(4).equals(row.getString(14))
                && row.getString(5).equals(row.getString(15))
                && row.getString(6).equals(row.getString(16))
                && EntityUri.normalise(row.getString(7)).equals(row.getString(17))
                && row.getDouble(8) == row.getDouble(18)
                && Objects.equals(row.getString(9), row.getString(19))
                && IsoInstants.endMicros(row.getString(10)) == row.getLong(20);
        return same ? null : "the edge of fact " + row.getString(2) + " says something else than the fact";
    }
}
