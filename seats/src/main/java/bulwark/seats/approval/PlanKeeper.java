package bulwark.seats.approval;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.json.RawJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanRows.Stored;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanCheck;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.seats.precondition.PreconditionDifference;
import bulwark.seats.route.Call;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps plans with what people said of them, and makes a plan void when what it depends on moved. Thread-safe. */
public final class PlanKeeper {
    private final SeatStore store;
    private final PlanSettings settings;
    private final PlanSender sender;
    private final Signing signing = Signing.fastest();
    private final Clock clock;

    public PlanKeeper(SeatStore store, PlanSettings settings, PlanSender sender, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.sender = sender;
        this.clock = clock;
    }

    /** @throws ApiRefusal 503 when settings that plans need are not there */
    public PlanSettings.Chain chain() {
        PlanSettings.Chain chain = settings.chain();
        if (chain == null) {
            throw new ApiRefusal(
                    Kind.UNAVAILABLE,
                    "plans_not_configured",
                    "Plans need " + String.join(", ", settings.missing()) + ": set them and restart.");
        }
        return chain;
    }

    PlanSettings settings() {
        return settings;
    }

    /**
     * Keeps a fresh plan; an open one of its kind and seat is void then.
     *
     * @param simulation null where no chain is configured
     * @return the plan as answers show it
     */
    public Map<String, Object> keep(WriteTx tx, Call call, Plan plan, @Nullable PlanSimulation simulation)
            throws SQLException {
        for (PlanDigest former : PlanRows.open(tx, plan.seatId(), plan.kind().word())) {
            if (!former.equals(plan.digest())) {
                requireNotSent(tx, former);
                makeVoid(tx, call, former, "superseded by plan " + plan.digest());
            }
        }
        if (PlanRows.insert(tx, plan)) {
            if (simulation != null) {
                PlanRows.insertSimulation(tx, plan.digest(), simulation);
            }
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("kind", plan.kind().word());
            detail.put("seat", Long.toString(plan.seatId()));
            detail.put("sentence", PlanSentence.of(plan));
            detail.put("person", plan.proposer());
            append(tx, call, PlanEvents.PROPOSED, plan.digest(), detail);
        }
        return json(tx, PlanRows.find(tx, plan.digest()).orElseThrow());
    }

    /** What is under way is not taken back by a row of ours: its operation is cancelled first, where that is possible. */
    void requireNotSent(ReadTx tx, PlanDigest digest) throws SQLException {
        Optional<String> operation = sender.operation(tx, digest);
        if (operation.isPresent()) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "plan_under_way",
                    "Plan " + digest + " is under way as operation " + operation.get()
                            + ": cancel that first, or wait for its end.");
        }
    }

    PlanSender sender() {
        return sender;
    }

    void makeVoid(WriteTx tx, Call call, PlanDigest digest, String reason) throws SQLException {
        PlanRows.end(tx, digest, PlanRows.VOID, reason);
        append(tx, call, PlanEvents.VOIDED, digest, Map.of("reason", reason));
    }

    void append(WriteTx tx, Call call, AuditEventType type, PlanDigest digest, Map<String, Object> detail)
            throws SQLException {
        store.audited().audit().append(tx, call.event(type, "plan:" + digest, detail));
    }

    /** @throws ApiRefusal 409 when nothing can be said of the plan any more */
    void requireOpen(Stored stored) {
        if (!stored.status().equals(PlanRows.OPEN)
                || !clock.instant().isBefore(stored.plan().expiresAt())) {
            throw new ApiRefusal(
                    Kind.CONFLICT, "plan_closed", "The plan is " + status(stored, List.of()) + ": make a fresh one.");
        }
    }

    /**
     * Compares what the plan was made with and what the chain says now. When something moved, the plan is void with its approvals, and that is kept.
     *
     * @throws ApiRefusal 409 {@code PRECONDITION_CHANGED} naming each field
     */
    void requirePreconditions(Call call, Plan plan, ChainSnapshot look) {
        List<String> changes =
                PreconditionDifference.between(plan.preconditions(), look.preconditions(plan.action()), plan.kind());
        if (changes.isEmpty()) {
            return;
        }
        String sentence = String.join("; ", changes);
        store.write(tx -> {
            if (PlanRows.find(tx, plan.digest())
                    .filter(stored -> stored.status().equals(PlanRows.OPEN))
                    .isPresent()) {
                makeVoid(tx, call, plan.digest(), "a precondition changed: " + sentence);
            }
            return 0;
        });
        throw new ApiRefusal(
                Kind.CONFLICT,
                "precondition_changed",
                "What the plan depends on moved (" + sentence
                        + "): the plan is void with its approvals. Make a fresh one.",
                Map.of(
                        "details",
                        changes.stream()
                                .map(change -> Map.of(
                                        "field",
                                        "preconditions." + change.substring(0, change.indexOf(' ')),
                                        "code",
                                        "changed",
                                        "message",
                                        change + "."))
                                .toList()));
    }

    /** The approvals with which a plan may be signed. @throws ApiRefusal 409 when they do not suffice */
    List<Approval> requireApproved(ReadTx tx, Plan plan) throws SQLException {
        List<Approval> approvals = PlanRows.approvals(tx, plan.digest());
        try {
            settings.approvers().require(plan, approvals, settings.approvals(), signing, clock.instant());
            return approvals;
        } catch (ApprovalRefused e) {
            throw new ApiRefusal(
                    Kind.CONFLICT, e.code().toLowerCase(java.util.Locale.ROOT), String.valueOf(e.getMessage()));
        }
    }

    Map<String, Object> json(ReadTx tx, Stored stored) throws SQLException {
        Plan plan = stored.plan();
        List<Approval> approvals = PlanRows.approvals(tx, plan.digest());
        @Nullable
        VaultCode code = settings.chain() == null ? null : settings.chain().vaultCode();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", plan.digest().text());
        json.put("groups", plan.digest().groups());
        json.put("sentence", PlanSentence.of(plan));
        json.put("status", status(stored, approvals));
        json.put("reason", stored.reason());
        json.put("approvalsNeeded", settings.approvals());
        json.put(
                "findings",
                PlanCheck.of(plan, clock.instant(), code).stream()
                        .map(finding -> Map.of("code", finding.code(), "sentence", finding.sentence()))
                        .toList());
        json.put("approvals", approvals.stream().map(Approval::json).toList());
        PlanRows.simulation(tx, plan.digest()).ifPresent(text -> json.put("simulation", new RawJson(text)));
        sender.operation(tx, plan.digest()).ifPresent(operation -> json.put("operationId", operation));
        json.put("plan", plan.json());
        return json;
    }

    String status(Stored stored, List<Approval> approvals) {
        Instant now = clock.instant();
        if (!stored.status().equals(PlanRows.OPEN)) {
            return stored.status();
        }
        if (!now.isBefore(stored.plan().expiresAt())) {
            return "EXPIRED";
        }
        try {
            Set<String> persons =
                    settings.approvers().require(stored.plan(), approvals, settings.approvals(), signing, now);
            return persons.isEmpty() ? PlanRows.OPEN : "APPROVED";
        } catch (ApprovalRefused tooFew) {
            return PlanRows.OPEN;
        }
    }
}
