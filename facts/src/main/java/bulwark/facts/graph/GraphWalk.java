package bulwark.facts.graph;

import bulwark.facts.fact.InForceSql;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A breadth-first walk over edges in both directions; each entity once, at its shortest distance. For one thread. */
public final class GraphWalk {
    private static final String LIVE = " AND scope = ?3 AND confidence >= ?4 AND expires_at > ?5"
            + " AND NOT EXISTS (SELECT 1 FROM fact_retractions r WHERE r.fact_id = edges.fact_id)";
    private static final String LOST = "EXISTS (SELECT 1 FROM facts f WHERE f.row_id = edges.fact_row AND "
            + InForceSql.contradicted("f").replace("?", "?5") + ")";
    private static final String INCIDENT = "SELECT object, relation, confidence, garden_id, fact_row, " + LOST
            + " FROM edges WHERE tenant_id = ?1 AND subject = ?2"
            + LIVE
            + " UNION ALL SELECT subject, relation, confidence, garden_id, fact_row, "
            + LOST
            + " FROM edges WHERE tenant_id = ?1 AND object = ?2"
            + LIVE
            + " ORDER BY 6, 3 DESC, 5 LIMIT 2000";

    /** Of a neighbour beside its texts, while the answer is made. */
    private static final long BYTES_PER_NEIGHBOUR = 512;

    private final ReadTx tx;
    private final Rules rules;
    private final LongConsumer memory;
    private final Map<String, Neighbour> found = new LinkedHashMap<>();
    private final Map<String, List<String>> pathTo = new LinkedHashMap<>();

    private GraphWalk(ReadTx tx, Rules rules, LongConsumer memory) {
        this.tx = tx;
        this.rules = rules;
        this.memory = memory;
    }

    /**
     * What may be walked.
     *
     * @param gardens gardens whose edges count; edges without a garden always do
     * @param now microseconds since the epoch; edges that ended are not followed
     * @param contradicted whether edges of facts that lost a contradiction are followed too
     * @param limit neighbours after which the walk ends, ≥ 1
     */
    public record Rules(
            String tenant,
            String scope,
            Set<String> gardens,
            Predicate<String> relation,
            double minConfidence,
            long now,
            boolean contradicted,
            int limit) {}

    /**
     * Nearest first; within a distance in the order of the entities that led there, then what lost a contradiction last, then by
     * confidence, then oldest first.
     *
     * @param depth hops, ≥ 1
     * @param memory pays for each neighbour, in bytes, before it is kept; throws when there is no more
     */
    public static List<Neighbour> from(
            ReadTx tx, Collection<String> starts, int depth, Rules rules, LongConsumer memory) throws SQLException {
        GraphWalk walk = new GraphWalk(tx, rules, memory);
        starts.forEach(start -> walk.pathTo.put(start, List.of()));
        Collection<String> frontier = List.copyOf(walk.pathTo.keySet());
        for (int hop = 1; hop <= depth && !frontier.isEmpty() && !walk.full(); hop++) {
            frontier = walk.step(frontier, hop);
        }
        return List.copyOf(walk.found.values());
    }

    private List<String> step(Collection<String> frontier, int hop) throws SQLException {
        List<String> next = new ArrayList<>();
        for (String entity : frontier) {
            for (Edge edge : incident(entity)) {
                if (full()) {
                    return next;
                }
                if (edge.allowedBy(rules) && !pathTo.containsKey(edge.other())) {
                    memory.accept(BYTES_PER_NEIGHBOUR
                            + 2L * (edge.other().length() + edge.relation().length()));
                    List<String> path = longer(pathTo.getOrDefault(entity, List.of()), entity);
                    found.put(
                            edge.other(),
                            new Neighbour(
                                    edge.other(), edge.relation(), hop, edge.confidence(), path, edge.contradicted()));
                    pathTo.put(edge.other(), path);
                    next.add(edge.other());
                }
            }
        }
        return next;
    }

    private boolean full() {
        return found.size() >= rules.limit();
    }

    private List<Edge> incident(String entity) throws SQLException {
        PreparedStatement select = tx.statement(INCIDENT);
        select.setString(1, rules.tenant());
        select.setString(2, entity);
        select.setString(3, rules.scope());
        select.setDouble(4, rules.minConfidence());
        select.setLong(5, rules.now());
        List<Edge> edges = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                edges.add(new Edge(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getDouble(3),
                        rows.getString(4),
                        rows.getBoolean(6)));
            }
        }
        return edges;
    }

    private static List<String> longer(List<String> path, String entity) {
        List<String> longer = new ArrayList<>(path);
        longer.add(entity);
        return longer;
    }

    private record Edge(
            String other,
            String relation,
            double confidence,
            @Nullable String garden,
            boolean contradicted) {
        boolean allowedBy(Rules rules) {
            return (rules.contradicted() || !contradicted)
                    && (garden == null || rules.gardens().contains(garden))
                    && rules.relation().test(relation);
        }
    }
}
