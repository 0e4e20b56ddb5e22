package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.PageRows;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestBody;
import bulwark.web.RequestMemory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conflicts and their resolution. Every column of a conflict is repeated by chained system facts, so an edit of the table is
 * found. A resolution makes its winner the visible value. Thread-safe.
 */
final class ConflictService {
    private static final int BYTES_PER_CONFLICT = 512;

    static final String BETWEEN = "stigmem:conflict:between";
    static final String STATUS = "stigmem:conflict:status";
    static final String WINNER = "stigmem:conflict:winner";
    static final String RESOLVES = "stigmem:resolves";

    private static final String COLUMNS =
            "SELECT c.seq, c.conflict_id, c.fact_a, c.fact_b, c.status, c.resolved_by, c.detected_at FROM conflicts c ";

    /** Two parameters. Equal confidence, different sources, both in force: the later one is shown, and nobody has decided. */
    private static final String OPEN =
            "(c.status = 'unresolved' AND a.confidence = b.confidence AND a.source <> b.source" + " AND "
                    + InForceSql.inForce("a") + " AND " + InForceSql.inForce("b") + ")";

    private static final String PAGE = "SELECT * FROM (SELECT c.seq, c.conflict_id, c.fact_a, c.fact_b, CASE WHEN "
            + OPEN
            + " THEN 'unresolved' ELSE 'resolved' END AS status, CASE WHEN c.status = 'resolved' THEN c.resolved_by WHEN "
            + OPEN + " THEN NULL ELSE '" + FactDrafts.SYSTEM_SOURCE
            + "' END AS resolved_by, c.detected_at, " + FactListSql.length("a") + " + " + FactListSql.length("b")
            + " FROM conflicts"
            + " c JOIN facts a ON a.id = c.fact_a JOIN facts b ON b.id = c.fact_b WHERE c.tenant_id = ? AND c.seq < ?"
            + " AND (a.garden_id IS NULL OR a.garden_id IN (SELECT value FROM json_each(?))) AND"
            + " (? IS NULL OR a.scope IN (SELECT value FROM json_each(?))))"
            + " WHERE (? IS NULL OR status = ?) ORDER BY seq DESC LIMIT ?";

    private final Store store;
    private final AuditLog audit;
    private final GardenAccess gardens;
    private final FactService facts;
    private final Clock clock;

    ConflictService(Store store, AuditLog audit, GardenAccess gardens, FactService facts, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.gardens = gardens;
        this.facts = facts;
        this.clock = clock;
    }

    record Conflict(
            long seq,
            String id,
            String factA,
            String factB,
            String status,
            @Nullable String resolvedBy,
            String detectedAt) {
        /** @param facts both sides, by id */
        Map<String, @Nullable Object> wire(Map<String, Map<String, @Nullable Object>> facts) {
            Map<String, @Nullable Object> wire = new LinkedHashMap<>();
            wire.put("conflict_id", id);
            wire.put("fact_a", facts.get(factA));
            wire.put("fact_b", facts.get(factB));
            wire.put("status", status);
            wire.put("resolved_by", resolvedBy);
            wire.put("detected_at", detectedAt);
            return wire;
        }
    }

    /** @param batches conflicts whose facts are to be read together, by {@link #sides} @param more whether others follow the last one */
    record Page(List<List<Conflict>> batches, boolean more) {}

    /** @param winner one of the two facts, or null when value is given */
    record Decision(@Nullable String winner, @Nullable FactValue value, String note) {
        static Decision parse(byte[] json) {
            RequestBody body = RequestBody.parse(json);
            String winner = body.optionalText("winning_fact_id", 1, 128).orElse(null);
            FactValue value = body.has("new_value") ? FactValue.read(body, "new_value") : null;
            String note = body.optionalText("resolution_note", 0, 4096).orElse("");
            if (winner == null && value == null) {
                body.invalid("winning_fact_id", "provide winning_fact_id or new_value");
            }
            body.check();
            return new Decision(winner, value, note);
        }
    }

    /** Newest first. @param before position of the last one seen, exclusive */
    Page page(Principal caller, @Nullable String status, long before, int limit, RequestMemory memory) {
        return store.read(tx -> {
            Set<String> readable = gardens.readable(tx, caller);
            Instant now = clock.instant();
            PreparedStatement select = tx.statement(PAGE);
            for (int place = 1; place <= 4; place++) {
                select.setLong(place, IsoInstants.micros(now));
            }
            select.setString(5, caller.tenant());
            select.setLong(6, before);
            select.setString(7, FactListSql.json(readable));
            String scopes = caller.isLimited() ? FactListSql.json(caller.scopes()) : null;
            select.setString(8, scopes);
            select.setString(9, scopes);
            select.setString(10, status);
            select.setString(11, status);
            select.setInt(12, limit + 1);
            PageRows page = new PageRows(memory);
            Map<Long, Conflict> found = new HashMap<>();
            boolean more = false;
            try (ResultSet rows = select.executeQuery()) {
                while (!more && rows.next()) {
                    more = found.size() == limit || !page.admit(rows.getLong(1), rows.getLong(8));
                    if (!more) {
                        memory.take(BYTES_PER_CONFLICT);
                        found.put(rows.getLong(1), conflict(rows));
                    }
                }
            }
            return new Page(
                    page.batches().stream()
                            .map(seqs -> seqs.stream().map(found::get).toList())
                            .toList(),
                    more);
        });
    }

    /** What the conflicts are about, as facts are read, by id. */
    Map<String, Map<String, @Nullable Object>> sides(List<Conflict> conflicts) {
        Set<String> ids = new HashSet<>();
        conflicts.forEach(conflict -> ids.addAll(List.of(conflict.factA, conflict.factB)));
        return store.read(tx -> {
            List<Fact> facts = FactTable.byIds(tx, ids);
            Set<String> contradicted = FactTable.contradicted(tx, facts, clock.instant());
            Map<String, Map<String, @Nullable Object>> sides = new HashMap<>();
            for (Fact fact : facts) {
                sides.put(fact.id(), FactRecord.of(fact, contradicted.contains(fact.id()), List.of(), true));
            }
            return sides;
        });
    }

    /** @return id of the resolution fact @throws ApiRefusal when the conflict is unknown or resolved, or the decision is not the caller's */
    String resolve(Principal caller, String conflictId, Decision decision) {
        return store.write(tx -> {
            facts.requireLiveKey(caller);
            Conflict conflict = open(tx, caller, conflictId);
            Fact first = visible(tx, caller, conflict.factA);
            Fact second = visible(tx, caller, conflict.factB);
            String wanted = decision.winner;
            if (wanted != null && !wanted.equals(first.id()) && !wanted.equals(second.id())) {
                throw new ApiRefusal(
                        INVALID, "winner_not_in_conflict", "winning_fact_id must be one of the conflicting facts");
            }
            requireAuthority(caller, wanted, List.of(first, second));
            FactValue value = decision.value;
            Fact winner = wanted != null || value == null
                    ? (first.id().equals(wanted) ? first : second)
                    : replacement(tx, caller, first, second, value);
            return settle(tx, caller, conflict, winner, decision.note);
        });
    }

    /** A decision takes the word from whoever loses by it, so it is theirs to make, or an admin's. */
    private static void requireAuthority(Principal caller, @Nullable String winner, List<Fact> sides) {
        for (Fact side : sides) {
            if (side.id().equals(winner) && side.confidence() <= 0) {
                throw new ApiRefusal(
                        INVALID,
                        "retraction_cannot_win",
                        "winning_fact_id names a retraction, which cannot win: retract the other fact by its source");
            }
            if (!side.id().equals(winner) && !SourceAuthority.speaksFor(caller, side.source())) {
                String message = "winning_fact_id: the fact that would lose belongs to '" + side.source()
                        + "'; only its source, a key with the permission " + SourceAuthority.ANY
                        + " or an admin can give it up";
                throw new ApiRefusal(FORBIDDEN, "resolution_not_yours", message, Map.of("field", "winning_fact_id"));
            }
        }
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
                tx,
                FactsAuditEvents.CONFLICT_RESOLVE.event(
                        caller.entityUri(), caller.tenant(), resolution.id(), null, detail));
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
            throw new ApiRefusal(CONFLICT, "conflict_already_resolved", "conflict already resolved");
        }
        return found.getFirst();
    }

    private Fact visible(ReadTx tx, Principal caller, String factId) throws SQLException {
        Fact fact = FactTable.byId(tx, factId).orElseThrow(ConflictService::notFound);
        String garden = fact.gardenId();
        if (!caller.reaches(fact.scope())) {
            throw notFound();
        }
        if (garden != null && !gardens.readable(tx, caller).contains(garden)) {
            throw notFound();
        }
        if (garden != null && !gardens.writable(tx, caller, garden)) {
            throw new ApiRefusal(
                    FORBIDDEN, "not_a_writer", "write permission required — you are a reader in this garden");
        }
        return fact;
    }

    private static List<Conflict> conflicts(PreparedStatement select) throws SQLException {
        List<Conflict> conflicts = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                conflicts.add(conflict(rows));
            }
        }
        return conflicts;
    }

    private static Conflict conflict(ResultSet row) throws SQLException {
        return new Conflict(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7));
    }

    private static ApiRefusal notFound() {
        return new ApiRefusal(NOT_FOUND, "conflict_not_found", "conflict not found");
    }
}
