package bulwark.facts.fact;

import bulwark.facts.Body;
import bulwark.facts.Refusal;
import bulwark.facts.garden.Gardens;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conflicts and their resolution. Every column of a conflict is repeated by chained system facts, so an edit of the table is
 * found. A resolution makes its winner the visible value. Thread-safe.
 */
final class Conflicts {
    static final String BETWEEN = "stigmem:conflict:between";
    static final String STATUS = "stigmem:conflict:status";
    static final String WINNER = "stigmem:conflict:winner";
    static final String RESOLVES = "stigmem:resolves";

    private static final String COLUMNS =
            "SELECT c.seq, c.conflict_id, c.fact_a, c.fact_b, c.status, c.resolved_by, c.detected_at FROM conflicts c ";

    private final Store store;
    private final AuditLog audit;
    private final Gardens gardens;
    private final Facts facts;

    Conflicts(Store store, AuditLog audit, Gardens gardens, Facts facts) {
        this.store = store;
        this.audit = audit;
        this.gardens = gardens;
        this.facts = facts;
    }

    record Conflict(
            long seq,
            String id,
            String factA,
            String factB,
            String status,
            @Nullable String resolvedBy,
            String detectedAt) {
        Map<String, @Nullable Object> wire() {
            Map<String, @Nullable Object> wire = new LinkedHashMap<>();
            wire.put("conflict_id", id);
            wire.put("fact_a", factA);
            wire.put("fact_b", factB);
            wire.put("status", status);
            wire.put("resolved_by", resolvedBy);
            wire.put("detected_at", detectedAt);
            return wire;
        }
    }

    /** @param more whether others follow the last one */
    record Page(List<Conflict> conflicts, boolean more) {}

    /** @param winner one of the two facts, or null when value is given */
    record Decision(@Nullable String winner, @Nullable FactValue value, String note) {
        static Decision parse(byte[] json) {
            Body body = Body.parse(json);
            String winner = body.optionalText("winning_fact_id", 1, 128).orElse(null);
            FactValue value = body.has("new_value") ? FactValue.read(body, "new_value") : null;
            String note = body.optionalText("resolution_note", 0, 4096).orElse("");
            if (winner == null && value == null) {
                body.valueError("winning_fact_id", "provide winning_fact_id or new_value");
            }
            body.check();
            return new Decision(winner, value, note);
        }
    }

    /** Newest first. @param before position of the last one seen, exclusive */
    Page page(Principal caller, @Nullable String status, long before, int limit) {
        return store.read(tx -> {
            Set<String> readable = gardens.readable(tx, caller);
            PreparedStatement select = tx.statement(COLUMNS + "JOIN facts a ON a.id = c.fact_a WHERE c.tenant_id = ?"
                    + " AND c.seq < ? AND (? IS NULL OR c.status = ?)"
                    + " AND (a.garden_id IS NULL OR a.garden_id IN (SELECT value FROM json_each(?)))"
                    + " ORDER BY c.seq DESC LIMIT ?");
            select.setString(1, caller.tenant());
            select.setLong(2, before);
            select.setString(3, status);
            select.setString(4, status);
            select.setString(5, FactList.json(readable));
            select.setInt(6, limit + 1);
            List<Conflict> found = conflicts(select);
            boolean more = found.size() > limit;
            return new Page(more ? found.subList(0, limit) : found, more);
        });
    }

    /** @return id of the resolution fact @throws Refusal.Plain 404, 409, 422 */
    String resolve(Principal caller, String conflictId, Decision decision) {
        return store.write(tx -> {
            Conflict conflict = open(tx, caller, conflictId);
            Fact first = visible(tx, caller, conflict.factA);
            Fact second = visible(tx, caller, conflict.factB);
            String wanted = decision.winner;
            if (wanted != null && !wanted.equals(first.id()) && !wanted.equals(second.id())) {
                throw new Refusal.Plain(422, "winning_fact_id must be one of the conflicting facts");
            }
            FactValue value = decision.value;
            Fact winner = wanted != null || value == null
                    ? (first.id().equals(wanted) ? first : second)
                    : replacement(tx, caller, first, second, value);
            return settle(tx, caller, conflict, winner, decision.note);
        });
    }

    private Fact replacement(WriteTx tx, Principal caller, Fact first, Fact second, FactValue value)
            throws SQLException {
        Fact draft = facts.drafts()
                .statement(
                        first,
                        first.entity(),
                        first.relation(),
                        value.type(),
                        value.stored(),
                        EntityUri.normalise(caller.entityUri()));
        return facts.insert(tx, caller, draft, Set.of(first.id(), second.id())).fact();
    }

    private String settle(WriteTx tx, Principal caller, Conflict conflict, Fact winner, String note)
            throws SQLException {
        String by = EntityUri.normalise(caller.entityUri());
        Fact resolution = state(
                tx,
                winner,
                "stigmem:resolution:" + conflict.id,
                winner.relation(),
                new FactValue(winner.valueType(), winner.valueV(), FactValue.CONTENT, false),
                by);
        state(tx, winner, resolution.id(), RESOLVES, new FactValue("ref", conflict.id, FactValue.CONTENT, false), by);
        state(tx, winner, conflict.id, WINNER, new FactValue("ref", winner.id(), FactValue.CONTENT, false), by);
        Fact status = state(
                tx,
                winner,
                conflict.id,
                STATUS,
                new FactValue("string", "resolved", FactValue.CONTENT, false),
                FactDrafts.SYSTEM_SOURCE);
        PreparedStatement update = tx.statement("UPDATE conflicts SET status = 'resolved', winner = ?,"
                + " resolution_fact = ?, resolved_by = ?, resolved_at = ? WHERE conflict_id = ?");
        update.setString(1, winner.id());
        update.setString(2, resolution.id());
        update.setString(3, by);
        update.setString(4, status.timestamp());
        update.setString(5, conflict.id);
        update.executeUpdate();
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("action", "conflict_resolve");
        detail.put("conflict_id", conflict.id);
        detail.put("winner", winner.id());
        detail.put("note", note);
        audit.append(
                tx, new AuditEvent("admin_action", caller.entityUri(), caller.tenant(), resolution.id(), null, detail));
        tx.afterCommit(() -> facts.cache().drop(List.of(conflict.factA, conflict.factB, winner.id())));
        return resolution.id();
    }

    private Fact state(WriteTx tx, Fact cause, String entity, String relation, FactValue value, String source)
            throws SQLException {
        Fact draft = facts.drafts().statement(cause, entity, relation, value.type(), value.stored(), source);
        return facts.writer().insert(tx, draft).fact();
    }

    private static Conflict open(ReadTx tx, Principal caller, String conflictId) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE c.conflict_id = ? AND c.tenant_id = ?");
        select.setString(1, conflictId);
        select.setString(2, caller.tenant());
        List<Conflict> found = conflicts(select);
        if (found.isEmpty()) {
            throw notFound();
        }
        if (!found.getFirst().status.equals("unresolved")) {
            throw new Refusal.Plain(409, "conflict already resolved");
        }
        return found.getFirst();
    }

    private Fact visible(ReadTx tx, Principal caller, String factId) throws SQLException {
        Fact fact = FactTable.byId(tx, factId).orElseThrow(Conflicts::notFound);
        String garden = fact.gardenId();
        if (garden != null && !gardens.readable(tx, caller).contains(garden)) {
            throw notFound();
        }
        if (garden != null && !gardens.writable(tx, caller, garden)) {
            throw new Refusal.Plain(403, "write permission required — you are a reader in this garden");
        }
        return fact;
    }

    private static List<Conflict> conflicts(PreparedStatement select) throws SQLException {
        List<Conflict> conflicts = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                conflicts.add(new Conflict(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        rows.getString(7)));
            }
        }
        return conflicts;
    }

    private static Refusal.Plain notFound() {
        return new Refusal.Plain(404, "conflict not found");
    }
}
