package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.PageRows;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.Principal;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestMemory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads facts for a caller. What lies in a garden or a scope that he may not read does not exist for him. Thread-safe. */
final class FactReader {
    private final Store store;
    private final Clock clock;
    private final GardenAccess gardens;
    private final FactCache cache;

    FactReader(Store store, Clock clock, GardenAccess gardens, FactCache cache) {
        this.store = store;
        this.clock = clock;
        this.gardens = gardens;
        this.cache = cache;
    }

    /** A page of facts in its wire form. @param first the first batch; @param rest rows of the batches that follow, for {@link #batch} */
    record Listed(
            List<Object> first,
            List<List<Long>> rest,
            long total,
            @Nullable FactCursor cursor) {}

    Listed list(Principal caller, FactQuery query, RequestMemory memory) {
        Instant now = clock.instant();
        return store.read(tx -> {
            Set<String> readable = gardens.readable(tx, caller);
            String only = query.gardenUri() == null ? null : gardens.forRead(tx, caller, query.gardenUri());
            FactCursor cursor = query.cursor() == null ? null : FactCursor.parse(tx, query.cursor());
            PageRows rows = new PageRows(memory);
            FactListSql.Page page = new FactListSql(query, caller, readable, only, now).run(tx, cursor, rows);
            List<List<Long>> rest = rows.batches().stream().skip(1).toList();
            return new Listed(wire(tx, page.first(), now), rest, page.total(), page.cursor());
        });
    }

    /** Facts of a page that was found before, each read and checked now. */
    List<Object> batch(List<Long> rows) {
        Instant now = clock.instant();
        return store.read(tx -> {
            Map<Long, Fact> found = new HashMap<>();
            FactTable.byRows(tx, rows).forEach(fact -> found.put(fact.rowId(), fact));
            return wire(
                    tx, rows.stream().map(found::get).filter(Objects::nonNull).toList(), now);
        });
    }

    private static List<Object> wire(ReadTx tx, List<Fact> facts, Instant now) throws SQLException {
        Set<String> contradicted = FactTable.contradicted(tx, facts, now);
        List<Object> wire = new ArrayList<>(facts.size());
        for (Fact fact : facts) {
            wire.add(FactRecord.of(fact, contradicted.contains(fact.id()), List.of(), true));
        }
        return wire;
    }

    /** Without blocking: the rendering of a fact that every reader of the tenant may see, or null. */
    @Nullable
    RenderedFact cached(Principal caller, String id) {
        RenderedFact rendered = cache.present(id);
        boolean everyone = rendered != null
                && rendered.gardenId() == null
                && rendered.tenant().equals(caller.tenant())
                && caller.reaches(rendered.scope());
        return everyone ? rendered : null;
    }

    /**
     * @param reference fact id or content id
     * @param fresh read and check the stored row even if a rendering is cached
     * @throws ApiRefusal {@code fact_not_found}
     */
    RenderedFact get(Principal caller, String reference, boolean fresh) {
        String id = ContentId.looksLike(reference) ? byCid(caller, ContentId.parse(reference)) : reference;
        RenderedFact rendered = fresh ? cache.fresh(id) : cache.get(id);
        String garden = rendered.gardenId();
        boolean visible = rendered.tenant().equals(caller.tenant())
                && caller.reaches(rendered.scope())
                && (garden == null
                        || store.read(tx -> gardens.readable(tx, caller)).contains(garden));
        if (!visible) {
            throw notFound();
        }
        return rendered;
    }

    Map<String, @Nullable Object> provenance(Principal caller, String reference) {
        return store.read(tx -> {
            Fact fact = visible(tx, caller, reference);
            List<Object> sources = new ArrayList<>();
            for (Fact.Derivation each : fact.derivedFrom()) {
                sources.add(source(each, derivedFrom(tx, caller, each)));
            }
            Map<String, @Nullable Object> wire = new LinkedHashMap<>();
            wire.put("fact_id", fact.id());
            wire.put("cid", fact.cid());
            wire.put("derived_from", sources);
            return wire;
        });
    }

    /** Answers about the stored row as it is, so it refuses nothing but absence. */
    Map<String, @Nullable Object> verifyCid(Principal caller, String reference) {
        return store.read(tx -> {
            String id = reference;
            if (ContentId.looksLike(reference)) {
                id = alias(tx, caller, ContentId.parse(reference)).orElseThrow(FactReader::notFound);
            }
            PreparedStatement select = tx.statement(FactTable.SELECT + "WHERE f.id = ?");
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw notFound();
                }
                FactRow stored = FactRow.read(row);
                if (!mayRead(tx, caller, stored.fact())) {
                    throw notFound();
                }
                return verdict(stored, row.getString(21), row.getString(22));
            }
        });
    }

    private static Map<String, @Nullable Object> verdict(
            FactRow stored, @Nullable String journalFact, @Nullable String journalHash) {
        String computed = ContentId.of(stored.fact());
        boolean cid = computed.equals(stored.fact().cid());
        boolean record = stored.fact().id().equals(journalFact) && Objects.equals(stored.recordHash(), journalHash);
        Map<String, @Nullable Object> wire = new LinkedHashMap<>();
        wire.put("cid_valid", cid);
        wire.put("computed_cid", computed);
        wire.put("stored_cid", stored.fact().cid());
        wire.put("mismatch_reason", !cid ? "cid_mismatch" : record ? null : "fact_record_mismatch");
        return wire;
    }

    private Optional<Fact> derivedFrom(ReadTx tx, Principal caller, Fact.Derivation each) throws SQLException {
        Optional<Fact> fact = each.factId() != null ? FactTable.byId(tx, each.factId()) : Optional.empty();
        if (fact.isEmpty() && each.hash() != null) {
            fact = FactTable.byCid(tx, caller.tenant(), each.hash());
        }
        return fact.isPresent() && mayRead(tx, caller, fact.get()) ? fact : Optional.empty();
    }

    private static Map<String, @Nullable Object> source(Fact.Derivation given, Optional<Fact> fact) {
        Map<String, @Nullable Object> wire = new LinkedHashMap<>();
        wire.put("hash", given.hash());
        wire.put("fact_id", fact.map(Fact::id).orElse(null));
        wire.put("entity", fact.map(Fact::entity).orElse(null));
        wire.put("exists", fact.isPresent());
        return wire;
    }

    private Fact visible(ReadTx tx, Principal caller, String reference) throws SQLException {
        String id = reference;
        if (ContentId.looksLike(reference)) {
            id = alias(tx, caller, ContentId.parse(reference)).orElseThrow(FactReader::notFound);
        }
        Fact fact = FactTable.byId(tx, id).orElseThrow(FactReader::notFound);
        if (!mayRead(tx, caller, fact)) {
            throw notFound();
        }
        return fact;
    }

    private String byCid(Principal caller, String cid) {
        return store.read(tx -> alias(tx, caller, cid).orElseThrow(FactReader::notFound));
    }

    /** The newest readable fact with this content: the alias may lead into a garden that is closed to the caller. */
    private Optional<String> alias(ReadTx tx, Principal caller, String cid) throws SQLException {
        PreparedStatement select = tx.statement("SELECT f.id, f.garden_id, f.scope FROM fact_cid_aliases a"
                + " JOIN facts n ON n.id = a.fact_id JOIN facts f ON f.entity = n.entity AND f.relation = n.relation"
                + " AND f.scope = n.scope AND f.tenant_id = n.tenant_id AND f.cid = n.cid"
                + " WHERE a.tenant_id = ? AND a.cid = ? ORDER BY f.row_id DESC");
        select.setString(1, caller.tenant());
        select.setString(2, cid);
        Set<String> readable = gardens.readable(tx, caller);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String garden = rows.getString(2);
                if (caller.reaches(rows.getString(3)) && (garden == null || readable.contains(garden))) {
                    return Optional.of(rows.getString(1));
                }
            }
        }
        return Optional.empty();
    }

    private boolean mayRead(ReadTx tx, Principal caller, Fact fact) throws SQLException {
        return fact.tenant().equals(caller.tenant())
                && caller.reaches(fact.scope())
                && (fact.gardenId() == null || gardens.readable(tx, caller).contains(fact.gardenId()));
    }

    static ApiRefusal notFound() {
        return new ApiRefusal(NOT_FOUND, "fact_not_found", "fact not found");
    }
}
