package bulwark.seats.approval;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanRows.Stored;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.KeyStanding;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.seats.route.Call;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hands an approved plan to the sender, after everything that it was made with was looked at once more. Thread-safe. */
public final class PlanHandover {
    private final SeatStore store;
    private final PlanKeeper plans;
    private final KeyStanding keys;

    public PlanHandover(SeatStore store, PlanKeeper plans, KeyStanding keys) {
        this.store = store;
        this.plans = plans;
        this.keys = keys;
    }

    /** @throws ApiRefusal 503 when nothing is sent at all now */
    public void requireOpen() {
        plans.sender().refusal().ifPresent(refusal -> {
            throw refused(refusal);
        });
    }

    /**
     * Looks at a plan again, and gives the work that hands it over in the transaction that uses up step-up and idempotency key.
     *
     * @param digest of the plan
     * @param seat that it must be of
     * @param kinds of which it must be one
     */
    public SeatRoute.Work.Change of(Call call, PlanDigest digest, long seat, Set<PlanKind> kinds, ChainSnapshot look) {
        requireOpen();
        Plan plan = store.read(tx -> approved(tx, digest, seat, kinds)).plan();
        if (store.read(tx -> plans.sender().operation(tx, digest)).isPresent()) {
            // What was handed over has its operation, whatever the chain says meanwhile.
            return (tx, again) -> hand(tx, again, digest, seat, kinds);
        }
        plans.requirePreconditions(call, plan, look);
        // The principal follows a key that nobody else deposited for: looked at again, for the plan may be a day old.
        keys.require(look, plan.action());
        if (!plan.kind().isReplacement()) {
            PlanSimulation.run(look, plan.action(), plan.treasury(), plan.target(), plan.value(), plan.calldata());
        }
        return (tx, again) -> hand(tx, again, digest, seat, kinds);
    }

    /** As above, for a plan of any seat and kind. */
    public SeatRoute.Work.Change of(Call call, PlanDigest digest, ChainSnapshot look) {
        requireOpen();
        long seat = store.read(tx -> PlanRows.find(tx, digest))
                .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no plan with this digest."))
                .plan()
                .seatId();
        return of(call, digest, seat, EnumSet.allOf(PlanKind.class), look);
    }

    /** Makes a plan void of which nothing was sent; one that is closed already stays as it is. */
    public void end(WriteTx tx, Call call, PlanDigest digest, String reason) throws SQLException {
        if (PlanRows.find(tx, digest)
                .filter(stored -> stored.status().equals(PlanRows.OPEN))
                .isPresent()) {
            plans.makeVoid(tx, call, digest, reason);
        }
    }

    private Stored approved(ReadTx tx, PlanDigest digest, long seat, Set<PlanKind> kinds) throws SQLException {
        Stored stored = PlanRows.find(tx, digest)
                .filter(found -> found.plan().seatId() == seat)
                .orElseThrow(() -> new ApiRefusal(
                        Kind.NOT_FOUND, "not_found", "body.plan is the digest of no plan of this seat."));
        if (!kinds.contains(stored.plan().kind())) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "plan_of_another_action",
                    "body.plan is a plan of the kind " + stored.plan().kind().word() + ", and not of this action.");
        }
        plans.requireOpen(stored);
        plans.requireApproved(tx, stored.plan());
        return stored;
    }

    private Response hand(WriteTx tx, Call call, PlanDigest digest, long seat, Set<PlanKind> kinds)
            throws SQLException {
        Stored stored = approved(tx, digest, seat, kinds);
        List<Approval> approvals = plans.requireApproved(tx, stored.plan());
        PlanSender.Handover handover = new PlanSender.Handover(
                stored.plan(),
                approvals,
                call.caller().entityUri(),
                call.request().requestId());
        return switch (plans.sender().accept(tx, handover)) {
            case PlanSender.Outcome.Refused refusal -> throw refused(refusal);
            case PlanSender.Outcome.Accepted accepted -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("operationId", accepted.operationId());
                body.put("plan", digest.text());
                body.put("sentence", PlanSentence.of(stored.plan()));
                plans.append(tx, call, PlanEvents.HANDED_OVER, digest, Map.of("operation", accepted.operationId()));
                yield Response.json(202, body);
            }
        };
    }

    private static ApiRefusal refused(PlanSender.Outcome.Refused refusal) {
        return new ApiRefusal(Kind.UNAVAILABLE, refusal.code(), refusal.sentence());
    }
}
