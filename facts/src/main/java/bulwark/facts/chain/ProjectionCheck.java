package bulwark.facts.chain;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What is derived from facts and kept for speed: each row must follow from the chained facts, and none may be missing. Of the facts
 * about conflicts only those count that the node made itself: what a caller asserted has a {@code fact_write} in the audit log.
 */
final class ProjectionCheck {
    private static final int MAX_SENTENCES = 20;

    private ProjectionCheck() {}

    private record Rule(String sentence, String sql) {}

    private static final String OF_CALLERS = "WITH of_callers AS MATERIALIZED (SELECT l.fact_id FROM fact_audit_log l"
            + " WHERE l.event_type = 'fact_write' AND l.fact_id IN (SELECT id FROM facts WHERE relation IN"
            + " ('stigmem:conflict:between', 'stigmem:conflict:winner', 'stigmem:conflict:status', 'stigmem:resolves',"
            + " 'stigmem:retracts'))) ";

    private static final String BETWEEN = "SELECT 1 FROM facts b WHERE b.entity = c.conflict_id AND b.tenant_id ="
            + " c.tenant_id AND b.relation = 'stigmem:conflict:between' AND b.source = 'system:stigmem'"
            + " AND b.value_v = c.fact_a || ' ' || c.fact_b AND b.timestamp = c.detected_at"
            + " AND b.id NOT IN of_callers";
    private static final String RESOLVED = "SELECT 1 FROM facts w, facts s, facts m WHERE w.entity = c.conflict_id"
            + " AND w.relation = 'stigmem:conflict:winner' AND w.value_v = c.winner AND w.source = c.resolved_by"
            + " AND s.entity = c.conflict_id AND s.relation = 'stigmem:conflict:status' AND s.value_v = 'resolved'"
            + " AND s.timestamp = c.resolved_at AND m.entity = c.resolution_fact AND m.relation = 'stigmem:resolves'"
            + " AND m.value_v = c.conflict_id AND w.id NOT IN of_callers AND s.id NOT IN of_callers"
            + " AND m.id NOT IN of_callers";

    /** Fact z of confidence 0 ends f: it says the same, or "retracted" as the official clients do. */
    private static final String BY_ITS_SOURCE = "(z.source = f.source AND ((z.value_type = f.value_type AND z.value_v ="
            + " f.value_v) OR (z.value_type = 'string' AND z.value_v = 'retracted')))";
    /** The node's own fact says that z ended f, which another source had stated. */
    private static final String BY_AN_ADMIN =
            "EXISTS (SELECT 1 FROM facts s WHERE s.entity = 'stigmem:retraction:' || z.id"
                    + " AND s.relation = 'stigmem:retracts' AND s.scope = z.scope AND s.tenant_id = z.tenant_id AND s.source ="
                    + " 'system:stigmem' AND s.id NOT IN of_callers AND s.value_v = f.id AND z.value_type = f.value_type AND z.value_v = f.value_v)";

    private static final List<Rule> RULES = List.of(
            new Rule(
                    "alias of %s does not lead to the newest fact with that content",
                    "SELECT a.cid FROM fact_cid_aliases a WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.id ="
                            + " a.fact_id AND f.cid = a.cid AND f.tenant_id = a.tenant_id) OR EXISTS (SELECT 1 FROM"
                            + " facts f JOIN facts n ON n.entity = f.entity AND n.relation = f.relation AND n.scope ="
                            + " f.scope AND n.tenant_id = f.tenant_id AND n.cid = f.cid AND n.row_id > f.row_id"
                            + " WHERE f.id = a.fact_id)"),
            new Rule(
                    "fact %s has no alias of its content",
                    "SELECT f.id FROM facts f WHERE NOT EXISTS (SELECT 1 FROM fact_cid_aliases a WHERE a.tenant_id ="
                            + " f.tenant_id AND a.cid = f.cid)"),
            new Rule(
                    "conflict %s does not follow from its system facts",
                    OF_CALLERS + "SELECT c.conflict_id FROM conflicts c WHERE NOT EXISTS (" + BETWEEN + ")"),
            new Rule(
                    "resolution of conflict %s does not follow from its system facts",
                    OF_CALLERS + "SELECT c.conflict_id FROM conflicts c WHERE c.status = 'resolved' AND NOT EXISTS ("
                            + RESOLVED + ")"),
            new Rule(
                    "open conflict %s carries a resolution or was resolved",
                    OF_CALLERS
                            + "SELECT c.conflict_id FROM conflicts c WHERE c.status = 'unresolved' AND (c.winner IS NOT NULL OR"
                            + " c.resolution_fact IS NOT NULL OR c.resolved_by IS NOT NULL OR c.resolved_at IS NOT"
                            + " NULL OR EXISTS (SELECT 1 FROM facts s WHERE s.entity = c.conflict_id AND s.relation ="
                            + " 'stigmem:conflict:winner' AND s.tenant_id = c.tenant_id AND s.id NOT IN of_callers))"),
            new Rule(
                    "system fact %s speaks of a conflict that is not recorded",
                    OF_CALLERS + "SELECT b.id FROM facts b WHERE b.relation = 'stigmem:conflict:between' AND b.source ="
                            + " 'system:stigmem' AND b.id NOT IN of_callers AND NOT EXISTS (SELECT 1 FROM conflicts c WHERE c.conflict_id ="
                            + " b.entity)"),
            new Rule(
                    "retraction of fact %s does not follow from a later fact of confidence 0 of its source or an admin's",
                    OF_CALLERS
                            + "SELECT r.fact_id FROM fact_retractions r WHERE NOT EXISTS (SELECT 1 FROM facts f JOIN facts z ON"
                            + " z.id = r.retracted_by WHERE f.id = r.fact_id AND z.confidence = 0 AND z.row_id >"
                            + " f.row_id AND z.entity = f.entity AND z.relation = f.relation AND z.scope = f.scope"
                            + " AND z.tenant_id = f.tenant_id AND z.garden_id IS f.garden_id AND (" + BY_ITS_SOURCE
                            + " OR " + BY_AN_ADMIN + "))"),
            new Rule(
                    "fact %s was retracted and its retraction is missing",
                    OF_CALLERS
                            + "SELECT f.id FROM facts z JOIN facts f ON f.entity = z.entity AND f.relation = z.relation AND"
                            + " f.scope = z.scope AND f.tenant_id = z.tenant_id AND f.garden_id IS z.garden_id AND"
                            + " f.row_id < z.row_id AND f.confidence > 0 AND f.expires_at IS NULL WHERE z.confidence ="
                            + " 0 AND (" + BY_ITS_SOURCE + " OR " + BY_AN_ADMIN + ") AND NOT EXISTS (SELECT 1 FROM"
                            + " fact_retractions r WHERE r.fact_id = f.id)"));

    /** @return at most twenty sentences for each rule; empty when whole */
    static List<String> check(ReadTx tx, String tenant) throws SQLException {
        List<String> broken = new ArrayList<>();
        for (Rule rule : RULES) {
            broken.addAll(check(tx, tenant, rule));
        }
        return broken;
    }

    /** As {@link #check(ReadTx, String)}, each rule in a read of its own. */
    static DerivedCheck.Pages pages(Store store, String tenant) {
        Iterator<Rule> rules = RULES.iterator();
        return () -> {
            if (!rules.hasNext()) {
                return null;
            }
            Rule rule = rules.next();
            return store.read(tx -> check(tx, tenant, rule));
        };
    }

    private static List<String> check(ReadTx tx, String tenant, Rule rule) throws SQLException {
        List<String> broken = new ArrayList<>();
        try (ResultSet rows = tx.statement(rule.sql + " LIMIT " + MAX_SENTENCES).executeQuery()) {
            while (rows.next()) {
                broken.add("tenant " + tenant + ": " + String.format(rule.sentence, rows.getString(1)));
            }
        }
        return broken;
    }
}
