package bulwark.facts.fact;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a new fact does to its siblings: facts of the same tenant, entity, relation, scope and garden. A different value opens
 * a conflict with each sibling in force; confidence 0 retracts, see {@link Retraction}. Facts of other gardens are no siblings,
 * or an outsider could learn of them or end them.
 */
final class ContradictionDetector {
    /** An admin's retraction says here which facts of other sources it ended, so that each ending follows from chained facts. */
    static final String RETRACTS = "stigmem:retracts";

    static final String RETRACTION = "stigmem:retraction:";

    /**
     * Strongest siblings looked at, and conflicts opened, for one fact: keeps the cost of a much repeated relation bounded. The
     * strongest come first, so the fact that wins is among them.
     */
    private static final int LOOKED_AT = 256;

    private static final int OPENED = 16;

    private static final String SIBLINGS = "SELECT f.id FROM (SELECT * FROM facts WHERE entity = ? AND relation = ?"
            + " AND scope = ? AND tenant_id = ? AND row_id <> ? ORDER BY confidence DESC, row_id DESC LIMIT "
            + LOOKED_AT
            + ") f WHERE f.garden_id IS ? AND (f.value_type <> ? OR f.value_v <> ?) AND " + InForceSql.inForce("f")
            + " LIMIT "
            + OPENED;
    private static final String PARTNERS =
            "SELECT fact_a, fact_b, winner FROM conflicts WHERE fact_a = ? OR fact_b = ?";

    private final FactDrafts drafts;
    private final FactWriter writer;

    ContradictionDetector(FactDrafts drafts, FactWriter writer) {
        this.drafts = drafts;
        this.writer = writer;
    }

    /**
     * Opens conflicts.
     *
     * @param settled siblings that this fact replaces by decision and does not contradict
     * @return the siblings that now disagree
     */
    List<String> open(WriteTx tx, Fact fact, Instant now, Set<String> settled) throws SQLException {
        if (fact.confidence() <= 0
                || AssertRequest.isSystemName(fact.entity())
                || AssertRequest.isSystemName(fact.relation())) {
            return List.of();
        }
        List<String> siblings = siblings(tx, fact, now);
        siblings.removeAll(settled);
        for (String sibling : siblings) {
            record(tx, fact, sibling);
        }
        return siblings;
    }

    /** Ends what the retraction ends and records what it only opposes. @return every fact whose standing may have changed */
    List<String> retract(WriteTx tx, Fact fact, Retraction retraction) throws SQLException {
        for (String id : retraction.others()) {
            statement(tx, fact, RETRACTION + fact.id(), RETRACTS, "ref", id);
        }
        PreparedStatement insert = tx.statement("INSERT INTO fact_retractions (fact_id, retracted_by) VALUES (?, ?)");
        List<String> touched = new ArrayList<>();
        for (String id : retraction.ended()) {
            insert.setString(1, id);
            insert.setString(2, fact.id());
            insert.executeUpdate();
            touched.add(id);
        }
        for (String id : retraction.ended()) {
            touched.addAll(partners(tx, id));
        }
        for (String id : retraction.opposed().stream().limit(OPENED).toList()) {
            record(tx, fact, id);
            touched.add(id);
        }
        return touched;
    }

    /** Everything that a conflict ties to this fact. */
    static Set<String> partners(ReadTx tx, String factId) throws SQLException {
        PreparedStatement select = tx.statement(PARTNERS);
        select.setString(1, factId);
        select.setString(2, factId);
        Set<String> partners = new java.util.HashSet<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                for (int column = 1; column <= 3; column++) {
                    String id = rows.getString(column);
                    if (id != null && !id.equals(factId)) {
                        partners.add(id);
                    }
                }
            }
        }
        return partners;
    }

    private void record(WriteTx tx, Fact fact, String sibling) throws SQLException {
        String conflict = "stigmem:conflict:" + UUID.randomUUID();
        String pair = fact.id() + " " + sibling;
        Fact between = statement(tx, fact, conflict, ConflictService.BETWEEN, "text", pair);
        statement(tx, fact, conflict, ConflictService.STATUS, "string", "unresolved");
        PreparedStatement insert = tx.statement("INSERT INTO conflicts"
                + " (conflict_id, tenant_id, fact_a, fact_b, status, detected_at) VALUES (?,?,?,?,'unresolved',?)");
        insert.setString(1, conflict);
        insert.setString(2, fact.tenant());
        insert.setString(3, fact.id());
        insert.setString(4, sibling);
        insert.setString(5, between.timestamp());
        insert.executeUpdate();
    }

    private Fact statement(WriteTx tx, Fact cause, String conflict, String relation, String type, String value)
            throws SQLException {
        Fact draft = drafts.statement(cause, conflict, relation, type, value, FactDrafts.SYSTEM_SOURCE);
        return writer.insert(tx, draft).fact();
    }

    private static List<String> siblings(ReadTx tx, Fact fact, Instant now) throws SQLException {
        PreparedStatement select = tx.statement(SIBLINGS);
        select.setString(1, fact.entity());
        select.setString(2, fact.relation());
        select.setString(3, fact.scope());
        select.setString(4, fact.tenant());
        select.setLong(5, fact.rowId());
        select.setString(6, fact.gardenId());
        select.setString(7, fact.valueType());
        select.setString(8, fact.valueV());
        select.setLong(9, IsoInstants.micros(now));
        List<String> ids = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }
}
