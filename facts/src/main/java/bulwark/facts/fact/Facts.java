package bulwark.facts.fact;

import bulwark.facts.Refusal;
import bulwark.facts.garden.Gardens;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
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
public final class Facts {
    private final Store store;
    private final AuditLog audit;
    private final Clock clock;
    private final Metrics metrics;
    private final Gardens gardens;
    private final FactDrafts drafts;
    private final FactWriter writer;
    private final Contradictions contradictions;
    private final LookalikeNames names = new LookalikeNames();
    private final FactCache cache;

    /** @param listeners follow each new fact inside its transaction, system facts too */
    public Facts(
            Store store, AuditLog audit, Clock clock, Metrics metrics, Gardens gardens, List<FactListener> listeners) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.metrics = metrics;
        this.gardens = gardens;
        this.drafts = new FactDrafts(clock);
        this.writer = new FactWriter(clock, listeners);
        this.contradictions = new Contradictions(drafts, writer);
        this.cache = new FactCache(store, clock);
    }

    /** @param contradicted the fact stands against another one in force */
    record Asserted(Fact fact, boolean contradicted, boolean existed, List<String> warnings) {
        private Asserted(Fact fact, boolean contradicted, boolean existed) {
            this(fact, contradicted, existed, List.of());
        }
    }

    /** What a change of standing has to reach. */
    private record Outcome(Asserted asserted, List<String> opened) {
        Outcome warning(List<String> warnings) {
            Asserted warned =
                    new Asserted(asserted.fact(), asserted.contradicted(), asserted.existed(), List.copyOf(warnings));
            return new Outcome(warned, opened);
        }
    }

    /** @throws Refusal.Coded 403 for a name that the node reserves, or an instruction without its permission */
    Asserted assertFact(Principal caller, AssertRequest request) {
        ReservedNames.check(request);
        boolean instruction = request.value().interpretAs().equals(FactValue.INSTRUCTION);
        if (instruction && !caller.permissions().contains("instruction:write")) {
            String message = "instruction:write permission required to assert interpret_as 'instruction'";
            throw new Refusal.Coded(403, "instruction_write_required", message, Map.of());
        }
        Fact draft = drafts.asserted(request, caller.tenant(), null);
        Instant now = clock.instant();
        Outcome outcome = store.write(tx -> {
            Fact placed = request.gardenUri() == null
                    ? draft
                    : inGarden(draft, gardens.forWrite(tx, caller, request.gardenUri(), request.scope()));
            List<String> warnings = new ArrayList<>();
            if (!placed.derivedFrom().isEmpty()) {
                warnings.addAll(
                        ProvenanceCheck.check(tx, caller.tenant(), gardens.readable(tx, caller), placed.derivedFrom()));
            }
            Outcome inserted = insertOrFind(tx, caller, placed, now, request.writeMode(), Set.of());
            warnings.addAll(names.register(tx, inserted.asserted.fact));
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
        Optional<Fact> same = FactTable.byCid(tx, draft.tenant(), draft.cid());
        if (same.isPresent() && repeats(tx, draft, same.get(), now)) {
            boolean contradicted =
                    !FactTable.contradicted(tx, List.of(same.get()), now).isEmpty();
            return new Outcome(new Asserted(same.get(), contradicted, true), List.of());
        }
        FactWriter.Written written = writer.insert(tx, draft);
        Fact fact = written.fact();
        audit.append(tx, evidence(caller, written, writeMode));
        List<String> opened = contradictions.open(tx, fact, now, settled);
        List<String> touched = fact.confidence() <= 0 ? contradictions.retract(tx, fact, now) : opened;
        if (!touched.isEmpty()) {
            tx.afterCommit(() -> cache.drop(touched));
        }
        return new Outcome(new Asserted(fact, !opened.isEmpty(), false), opened);
    }

    /** Saying the same again adds nothing: the old fact is in force and equal in all that the content id leaves out. */
    private static boolean repeats(ReadTx tx, Fact draft, Fact old, Instant now) throws SQLException {
        boolean equal = Objects.equals(draft.validUntil(), old.validUntil())
                && Objects.equals(draft.gardenId(), old.gardenId())
                && draft.interpretAs().equals(old.interpretAs())
                && draft.derivedFrom().equals(old.derivedFrom());
        if (!equal) {
            return false;
        }
        return draft.confidence() > 0
                ? !FactTable.inForce(tx, List.of(old), now).isEmpty()
                : Contradictions.retractable(tx, draft, now).isEmpty();
    }

    private static AuditEvent evidence(Principal caller, FactWriter.Written written, String writeMode) {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("cid", written.fact().cid());
        detail.put("record_hash", written.recordHash());
        if (!writeMode.equals("assert")) {
            detail.put("write_mode", writeMode);
        }
        Fact fact = written.fact();
        return new AuditEvent("fact_write", caller.entityUri(), caller.tenant(), fact.id(), fact.source(), detail);
    }

    private static Fact inGarden(Fact f, String gardenId) {
        return new Fact(
                f.rowId(),
                f.id(),
                f.tenant(),
                f.entity(),
                f.relation(),
                f.valueType(),
                f.valueV(),
                f.interpretAs(),
                f.source(),
                f.timestamp(),
                f.hlcWall(),
                f.hlcCounter(),
                f.validUntil(),
                f.confidence(),
                f.scope(),
                gardenId,
                f.attestedKeyId(),
                f.cid(),
                f.derivedFrom());
    }
}
