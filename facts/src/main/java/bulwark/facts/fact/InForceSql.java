package bulwark.facts.fact;

/**
 * SQL conditions over one facts row: is it in force, and does a fact in force win against it. Of two facts that disagree the higher
 * confidence wins, then the later clock, then the greater id. Each condition takes the time now, in microseconds.
 */
public final class InForceSql {
    private InForceSql() {}

    /** One parameter. Retractions themselves (confidence 0) are not in force. */
    static String inForce(String alias) {
        return "(" + alias + ".confidence > 0 AND " + unended(alias) + ")";
    }

    /** One parameter. Neither expired nor retracted; a retraction itself passes. */
    static String unended(String alias) {
        return "((" + alias + ".expires_at IS NULL OR " + alias + ".expires_at > ?) AND NOT EXISTS"
                + " (SELECT 1 FROM fact_retractions r WHERE r.fact_id = " + alias + ".id))";
    }

    /** Two parameters. It lost against a fact in force, by the rule or by a decision. */
    public static String contradicted(String alias) {
        String id = alias + ".id";
        // The first condition is evaluated once for a whole query: a store without conflicts pays nothing per row.
        return "(EXISTS (SELECT 1 FROM conflicts) AND " + inForce(alias)
                + " AND EXISTS (SELECT 1 FROM conflicts c JOIN facts o ON o.id = " + opponent(id)
                + " WHERE (c.fact_a = " + id + " OR c.fact_b = " + id + ") AND o.id <> " + id + " AND " + inForce("o")
                + " AND " + speaksLouder("o", alias) + "))";
    }

    /** The fact that speaks against this one in conflict c: the winner of a decision, else the other side. */
    static String opponent(String id) {
        return "CASE WHEN c.status = 'resolved' THEN c.winner WHEN c.fact_a = " + id
                + " THEN c.fact_b ELSE c.fact_a END";
    }

    /** No parameter. In conflict c one side has the last word against the other: by decision, or else by the rule. */
    static String speaksLouder(String one, String other) {
        return "CASE WHEN c.status = 'resolved' THEN c.winner = " + one + ".id ELSE " + order(one) + " > "
                + order(other) + " END";
    }

    private static String order(String alias) {
        return "(" + alias + ".confidence, " + alias + ".hlc_wall, " + alias + ".hlc_counter, " + alias + ".id)";
    }
}
