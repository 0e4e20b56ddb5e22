package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.facts.CallerKeyCheck;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.ScopeLimit;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.web.ApiRefusal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asserts facts. One transaction each: fact, journal, alias, chain, audit record, contradictions. Thread-safe. */
public final class FactService {
    private final Store store;
    private final AuditLog audit;
    private final Clock clock;
    private final Metrics metrics;
    private final GardenAccess gardens;
    private final ApiKeys keys;
    private final FactDrafts drafts;
    private final FactWriter writer;
    private final ContradictionDetector contradictions;
    private final LookalikeNames names = new LookalikeNames();
    private final FactCache cache;

    /** @param listeners follow each new fact inside its transaction, system facts too */
    public FactService(
            Store store,
            AuditLog audit,
            Clock clock,
            Metrics metrics,
            GardenAccess gardens,
            ApiKeys keys,
            List<FactListener> listeners) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.metrics = metrics;
        this.gardens = gardens;
        this.keys = keys;
        this.drafts = new FactDrafts(clock);
        this.writer = new FactWriter(clock, listeners);
        this.contradictions = new ContradictionDetector(drafts, writer);
        this.cache = new FactCache(store, clock);
    }

    /**
     * @param contradicted the fact stands against another one in force
     * @param warnings what it did not do, and what is doubtful about it
     */
    record Asserted(Fact fact, boolean contradicted, boolean existed, List<String> warnings) {}

    /** What a change of standing has to reach. */
    private record Outcome(Asserted asserted, List<String> opened) {
        Outcome warning(List<String> more) {
            List<String> warnings = new ArrayList<>(asserted.warnings());
            warnings.addAll(more);
            Asserted warned =
                    new Asserted(asserted.fact(), asserted.contradicted(), asserted.existed(), List.copyOf(warnings));
            return new Outcome(warned, opened);
        }
    }

    /** @throws ApiRefusal for a name that the node reserves, or an instruction without its permission */
    Asserted assertFact(Principal caller, AssertRequest request) {
        ReservedNames.check(request);
        boolean instruction = request.value().interpretAs().equals(FactValue.INSTRUCTION);
        if (instruction && !caller.permissions().contains("instruction:write")) {
            String message = "instruction:write permission required to assert interpret_as 'instruction'";
            throw new ApiRefusal(FORBIDDEN, "instruction_write_required", message);
        }
        SourceAuthority.require(caller, request.source());
        ScopeLimit.require(caller, request.scope());
        Fact draft = drafts.asserted(request, caller.tenant(), null);
        Instant now = clock.instant();
        Outcome outcome = store.write(tx -> {
            Fact placed = request.gardenUri() == null
                    ? draft
                    : draft.inGarden(gardens.forWrite(tx, caller, request.gardenUri(), request.scope()));
            List<String> warnings = new ArrayList<>();
            if (!placed.derivedFrom().isEmpty()) {
                warnings.addAll(ProvenanceCheck.check(tx, caller, gardens.readable(tx, caller), placed.derivedFrom()));
            }
            Outcome inserted = insertOrFind(tx, caller, placed, now, request.writeMode(), Set.of());
            List<String> alike = names.register(tx, inserted.asserted.fact);
            if (!caller.isLimited()) {
                // The name that looks alike may stand in a scope that the key does not reach.
                warnings.addAll(alike);
            }
            return inserted.warning(warnings);
        });
        if (!outcome.asserted.existed) {
            metrics.count(
                    "stigmem_fact_write",
                    "principal",
                    metrics.principal(caller.entityUri()),
                    "tenant",
                    caller.tenant());
        }
        if (!outcome.opened.isEmpty()) {
            metrics.count("stigmem_contradiction", "tenant", caller.tenant());
        }
        return outcome.asserted;
    }

    /** Within a transaction of the caller's, for facts that follow from a decision; the caller's permission was checked. */
    Asserted insert(WriteTx tx, Principal caller, Fact draft, Set<String> settled) throws SQLException {
        return insertOrFind(tx, caller, draft, clock.instant(), "assert", settled).asserted;
    }

    /** @throws ApiRefusal {@code key_revoked} */
    void requireLiveKey(Principal caller) {
        CallerKeyCheck.require(keys, caller);
    }

    FactDrafts drafts() {
        return drafts;
    }

    FactWriter writer() {
        return writer;
    }

    public FactCache cache() {
        return cache;
    }

    private Outcome insertOrFind(
            WriteTx tx, Principal caller, Fact draft, Instant now, String writeMode, Set<String> settled)
            throws SQLException {
        requireLiveKey(caller);
        Optional<Retraction> retraction = draft.confidence() > 0
                ? Optional.empty()
                : Optional.of(Retraction.of(tx, draft, now, SourceAuthority.isAdmin(caller)));
        Optional<Fact> same = FactTable.byCid(tx, draft.tenant(), draft.cid());
        if (same.isPresent() && repeats(tx, draft, same.get(), retraction, now)) {
            boolean contradicted =
                    !FactTable.contradicted(tx, List.of(same.get()), now).isEmpty();
            return new Outcome(new Asserted(same.get(), contradicted, true, List.of()), List.of());
        }
        if (retraction.isPresent() && retraction.get().isEmpty()) {
            throw nothingToRetract(draft);
        }
        FactWriter.Written written = writer.insert(tx, draft);
        Fact fact = written.fact();
        audit.append(tx, evidence(caller, written, writeMode));
        return retraction.isPresent()
                ? retracted(tx, fact, retraction.get())
                : stated(tx, fact, contradictions.open(tx, fact, now, settled));
    }

    private Outcome stated(WriteTx tx, Fact fact, List<String> opened) {
        if (!opened.isEmpty()) {
            tx.afterCommit(() -> cache.drop(opened));
        }
        return new Outcome(new Asserted(fact, !opened.isEmpty(), false, List.of()), opened);
    }

    private Outcome retracted(WriteTx tx, Fact fact, Retraction retraction) throws SQLException {
        List<String> touched = contradictions.retract(tx, fact, retraction);
        tx.afterCommit(() -> cache.drop(touched));
        List<String> opposed = retraction.opposed();
        List<String> warnings = retraction.endsNothing()
                ? List.of(
                        "this retraction ended nothing: every fact with this value belongs to another source, and only its"
                                + " source or an admin ends a fact; the contradiction was recorded")
                : List.of();
        return new Outcome(new Asserted(fact, !opposed.isEmpty(), false, warnings), opposed);
    }

    private static ApiRefusal nothingToRetract(Fact draft) {
        String message = "confidence 0 retracts a fact, and source '" + draft.source() + "' has none in force with this"
                + " entity, relation, value and scope; only its source or an admin ends a fact";
        return new ApiRefusal(CONFLICT, "nothing_to_retract", message, Map.of("field", "confidence"));
    }

    /** Saying the same again adds nothing: the old fact is in force and equal in all that the content id leaves out. */
    private static boolean repeats(ReadTx tx, Fact draft, Fact old, Optional<Retraction> retraction, Instant now)
            throws SQLException {
        boolean equal = Objects.equals(draft.validUntil(), old.validUntil())
                && Objects.equals(draft.gardenId(), old.gardenId())
                && draft.interpretAs().equals(old.interpretAs())
                && draft.derivedFrom().equals(old.derivedFrom());
        if (!equal) {
            return false;
        }
        return retraction.isPresent()
                ? retraction.get().endsNothing()
                : !FactTable.inForce(tx, List.of(old), now).isEmpty();
    }

    private static AuditEvent evidence(Principal caller, FactWriter.Written written, String writeMode) {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("cid", written.fact().cid());
        detail.put("record_hash", written.recordHash());
        if (!writeMode.equals("assert")) {
            detail.put("write_mode", writeMode);
        }
        Fact fact = written.fact();
        return FactsAuditEvents.FACT_WRITE.event(caller.entityUri(), caller.tenant(), fact.id(), fact.source(), detail);
    }
}
