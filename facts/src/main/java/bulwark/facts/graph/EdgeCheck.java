package bulwark.facts.graph;

import bulwark.facts.fact.EntityUri;
import bulwark.facts.fact.IsoInstants;
import bulwark.kernel.storage.ReadTx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Edges are derived from facts: each must say what its fact says, and each fact that refers to an entity must have one. */
public final class EdgeCheck {
    private static final int MAX_PROBLEMS = 20;
    private static final String PAIRS = "SELECT f.row_id, f.id, f.tenant_id, f.scope, f.entity, f.relation, f.value_v,"
            + " f.confidence, f.garden_id, f.valid_until, e.fact_row, e.fact_id, e.tenant_id, e.scope, e.subject,"
            + " e.relation, e.object, e.confidence, e.garden_id, e.expires_at FROM facts f LEFT JOIN edges e ON"
            + " e.fact_row = f.row_id WHERE f.confidence > 0 AND f.value_type = 'ref' ORDER BY f.row_id";
    private static final String STRAYS = "SELECT e.fact_row FROM edges e WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE"
            + " f.row_id = e.fact_row AND f.confidence > 0 AND f.value_type = 'ref') LIMIT " + MAX_PROBLEMS;

    private EdgeCheck() {}

    /** @return one sentence each, empty when whole */
    public static List<String> problems(ReadTx tx) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (ResultSet rows = tx.statement(PAIRS).executeQuery()) {
            while (problems.size() < MAX_PROBLEMS && rows.next()) {
                String problem = problem(rows);
                if (problem != null) {
                    problems.add(problem);
                }
            }
        }
        try (ResultSet rows = tx.statement(STRAYS).executeQuery()) {
            while (rows.next()) {
                problems.add("edge " + rows.getLong(1) + " follows from no fact");
            }
        }
        return problems;
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
