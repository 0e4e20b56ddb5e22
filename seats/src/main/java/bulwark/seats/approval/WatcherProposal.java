package bulwark.seats.approval;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.UuidV7;
import bulwark.seats.approval.PlanRows.Stored;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans that no person proposes. Each is kept and handed over without approvals in one transaction, once: while a plan of its kind and seat is open, whoever made it, there is no second. Whether it is
 * signed without a person, the policy of the signer says; where it is not, the plan stays open, and people approve and send it like any other. Thread-safe.
 */
public final class WatcherProposal {
    /** Of a seat, newest first: those of a day. */
    private static final int MAX_PLANS = 100;

    private final SeatStore store;
    private final PlanKeeper plans;
    private final ChainAccess chain;
    private final Clock clock;

    /** @param plans with the sender that takes what is handed over */
    public WatcherProposal(SeatStore store, PlanKeeper plans, ChainAccess chain, Clock clock) {
        this.store = store;
        this.plans = plans;
        this.chain = chain;
        this.clock = clock;
    }

    /** How an action stands. */
    public sealed interface Outcome {
        /** Its plan is on its way to a block. */
        record UnderWay(PlanDigest plan) implements Outcome {}

        /** Its plan is there and does not get on. @param reason a sentence */
        record Waiting(PlanDigest plan, String reason) implements Outcome {}

        /** No plan was made. @param reason a sentence */
        record NotMade(String reason) implements Outcome {}
    }

    /**
     * Plans an action and hands it over, unless that was done. Asks every label first.
     *
     * @param seat id of the seat
     */
    public Outcome propose(long seat, PlannedAction action) {
        Optional<Outcome> known = store.write(tx -> known(tx, seat, action.kind()));
        if (known.isPresent()) {
            return known.get();
        }
        Optional<PlanSender.Outcome.Refused> closed = plans.sender().refusal();
        if (closed.isPresent()) {
            return new Outcome.NotMade(closed.get().sentence());
        }
        PlanDraft draft;
        try {
            draft = PlanDraft.of(plans, ChainSnapshot.now(chain), action);
        } catch (ApiRefusal refusal) {
            return new Outcome.NotMade(refusal.sentence());
        }
        Plan plan = draft.plan(seat, Plan.WATCHER, clock.instant().truncatedTo(ChronoUnit.SECONDS));
        return store.write(tx -> {
            Optional<Outcome> meanwhile = known(tx, seat, action.kind());
            return meanwhile.isPresent() ? meanwhile.get() : keep(tx, plan, draft);
        });
    }

    /** What became of the newest plan of this kind: a person who rejected it, or made it void, is not asked again before it expires. */
    private Optional<Outcome> known(WriteTx tx, long seat, PlanKind kind) throws SQLException {
        for (Stored stored : PlanRows.page(tx, seat, null, MAX_PLANS, 0)) {
            Plan plan = stored.plan();
            boolean counts = plan.kind() == kind && clock.instant().isBefore(plan.expiresAt());
            if (counts && stored.status().equals(PlanRows.OPEN)) {
                return Optional.of(state(tx, plan));
            }
            if (counts && plan.proposer().equals(Plan.WATCHER)) {
                return Optional.of(
                        new Outcome.Waiting(plan.digest(), "it is " + stored.status() + ", " + stored.reason()));
            }
        }
        return Optional.empty();
    }

    /** One of ours that a pause kept from being handed over is handed over now. */
    private Outcome state(WriteTx tx, Plan plan) throws SQLException {
        PlanDigest digest = plan.digest();
        Optional<String> problem = plans.sender().problem(tx, digest);
        if (problem.isPresent()) {
            return new Outcome.Waiting(digest, problem.get());
        }
        if (plans.sender().operation(tx, digest).isPresent()) {
            return new Outcome.UnderWay(digest);
        }
        return plan.proposer().equals(Plan.WATCHER)
                ? hand(tx, plan)
                : new Outcome.Waiting(digest, plan.proposer() + " planned it, and it was not handed over.");
    }

    private Outcome keep(WriteTx tx, Plan plan, PlanDraft draft) throws SQLException {
        if (PlanRows.insert(tx, plan)) {
            PlanRows.insertSimulation(tx, plan.digest(), draft.simulation());
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("kind", plan.kind().word());
            detail.put("seat", Long.toString(plan.seatId()));
            detail.put("sentence", PlanSentence.of(plan));
            detail.put("person", plan.proposer());
            append(tx, PlanEvents.PROPOSED, plan.digest(), detail);
        }
        return hand(tx, plan);
    }

    private Outcome hand(WriteTx tx, Plan plan) throws SQLException {
        PlanSender.Handover handover =
                new PlanSender.Handover(plan, List.of(), Plan.WATCHER, UuidV7.next(clock.instant()));
        return switch (plans.sender().accept(tx, handover)) {
            case PlanSender.Outcome.Refused refusal -> new Outcome.Waiting(plan.digest(), refusal.sentence());
            case PlanSender.Outcome.Accepted accepted -> {
                append(tx, PlanEvents.HANDED_OVER, plan.digest(), Map.of("operation", accepted.operationId()));
                yield new Outcome.UnderWay(plan.digest());
            }
        };
    }

    private void append(WriteTx tx, AuditEventType type, PlanDigest digest, Map<String, ?> detail) throws SQLException {
        store.audited().audit().append(tx, type.event(Plan.WATCHER, "default", "plan:" + digest, null, detail));
    }
}
