package bulwark.seats.approval;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanRows.Stored;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.identity.Identity;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.KeyStanding;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.seat.Seat;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plans as the API keeps them, with what people said of them. What counts at the end is what the signer makes of both, by itself. Thread-safe. */
public final class PlanRegister {
    private static final int MAX_PAGE = 100;

    private final SeatStore store;
    private final Identity identity;
    private final PlanKeeper plans;
    private final KeyStanding keys;
    private final @Nullable ChainAccess access;
    private final Signing signing = Signing.fastest();
    private final Clock clock;

    /** @param access null where no execution client is configured: preconditions are then what a person states */
    public PlanRegister(
            SeatStore store,
            Identity identity,
            PlanKeeper plans,
            KeyStanding keys,
            @Nullable ChainAccess access,
            Clock clock) {
        this.store = store;
        this.identity = identity;
        this.plans = plans;
        this.keys = keys;
        this.access = access;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        RequestRules filters = RequestRules.query(
                FieldRule.id("seat_id").optional(),
                FieldRule.word("status", PlanRows.OPEN, PlanRows.REJECTED, PlanRows.VOID)
                        .optional(),
                FieldRule.number("limit", 1, MAX_PAGE),
                FieldRule.number("offset", 0, 100_000_000));
        return List.of(
                SeatRoute.checks(
                                "POST",
                                "/v1/seats/{id}/plans",
                                "Plan an action of a seat: nothing is signed or sent",
                                Roles.ADMIN,
                                PlanProposal.rules(),
                                201,
                                this::propose)
                        .takenBy(SeatRoute.Callers.PERSON)
                        .withIdempotency(),
                SeatRoute.reads("/v1/plans", "Plans, newest first", Roles.VIEWER, filters, this::list),
                SeatRoute.reads(
                        "/v1/plans/{id}",
                        "One plan with its sentence, digest, faults and approvals",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        this::read),
                SeatRoute.checks(
                        "POST",
                        "/v1/plans/{id}/approvals",
                        "Hand in an approval or rejection that its person signed",
                        Roles.OPERATOR,
                        RequestRules.body(
                                FieldRule.word("schema", Approval.SCHEMA),
                                FieldRule.digest("plan"),
                                FieldRule.word("decision", Approval.APPROVE, Approval.REJECT),
                                FieldRule.text("person", 1, 100),
                                FieldRule.base64Url("publicKey"),
                                FieldRule.time("createdAt"),
                                FieldRule.time("expiresAt"),
                                FieldRule.base64Url("signature")),
                        200,
                        this::decide),
                SeatRoute.changes(
                        "POST",
                        "/v1/plans/{id}/void",
                        "Make a plan void, for instance because a precondition changed",
                        Roles.OPERATOR,
                        RequestRules.body(FieldRule.text("reason", 1, 500)),
                        200,
                        this::voidPlan));
    }

    /** Whether this many persons are asked for that one alone could be enough. */
    public boolean asksForOneApproval() {
        return plans.settings().approvals() == 1;
    }

    private SeatRoute.Work.Change propose(Call call) {
        PlanSettings.Chain chain = plans.chain();
        ChainSnapshot look = access == null ? null : ChainSnapshot.now(access);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Proposed proposed = store.read(tx -> {
            Seat seat = PlanRows.seat(tx, call.request().pathParameter("id"))
                    .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no seat with this id."));
            if (seat.status().equals("REVOKED")) {
                throw new ApiRefusal(Kind.CONFLICT, "state_conflict", "A seat that is REVOKED has no actions left.");
            }
            return new Proposed(seat, replaced(tx, call, seat), identity.callerName(tx, call));
        });
        Plan plan = new PlanProposal(plans.settings(), chain, call, proposed.seat(), look)
                .plan(proposed.person(), now, proposed.replaced());
        if (look != null) {
            keys.require(look, plan.action());
        }
        // A replacement takes the place of a transaction that is pending: by itself it would revert or do nothing.
        PlanSimulation simulation = look == null || plan.kind().isReplacement()
                ? null
                : PlanSimulation.run(
                        look, plan.action(), plan.treasury(), plan.target(), plan.value(), plan.calldata());
        return (tx, again) -> Response.json(201, plans.keep(tx, again, plan, simulation));
    }

    private record Proposed(Seat seat, @Nullable Plan replaced, String person) {}

    private static @Nullable Plan replaced(ReadTx tx, Call call, Seat seat) throws SQLException {
        Optional<PlanDigest> digest = call.optionalText("replaces").flatMap(PlanDigest::parse);
        return digest.isEmpty()
                ? null
                : PlanRows.find(tx, digest.get())
                        .map(Stored::plan)
                        .filter(plan -> plan.seatId() == seat.id())
                        .orElse(null);
    }

    private Response list(Call call) {
        Long seat = call.parameter("seat_id").map(Long::valueOf).orElse(null);
        String status = call.parameter("status").orElse(null);
        return store.read(tx -> {
            List<Map<String, Object>> items = new ArrayList<>();
            for (Stored stored : PlanRows.page(tx, seat, status, call.number("limit", 50), call.number("offset", 0))) {
                items.add(plans.json(tx, stored));
            }
            return Response.json(200, Map.of("items", items));
        });
    }

    private Response read(Call call) {
        return store.read(tx -> Response.json(200, plans.json(tx, existing(tx, call))));
    }

    /** An approval counts for what is true now: when something moved, the plan is void. A rejection is always taken. */
    private SeatRoute.Work.Change decide(Call call) {
        Stored seen = store.read(tx -> existing(tx, call));
        plans.requireOpen(seen);
        if (call.text("decision").equals(Approval.APPROVE)
                && access != null
                && !seen.plan().kind().isReplacement()) {
            plans.requirePreconditions(call, seen.plan(), ChainSnapshot.now(access));
        }
        return this::decide;
    }

    private Response decide(WriteTx tx, Call call) throws SQLException {
        Stored stored = existing(tx, call);
        plans.requireOpen(stored);
        Approval approval;
        try {
            approval = Approval.read(StrictJson.write(call.fields()));
            plans.settings().approvers().check(stored.plan(), approval, signing, clock.instant());
        } catch (ApprovalRefused e) {
            throw refused(e);
        }
        PlanRows.put(tx, approval, StrictJson.text(approval.json()));
        if (approval.isRejection()) {
            PlanRows.end(tx, stored.plan().digest(), PlanRows.REJECTED, "rejected by " + approval.person());
        }
        plans.append(
                tx,
                call,
                PlanEvents.DECIDED,
                stored.plan().digest(),
                Map.of("decision", approval.decision(), "person", approval.person(), "key", approval.publicKey()));
        return Response.json(200, plans.json(tx, existing(tx, call)));
    }

    private static ApiRefusal refused(ApprovalRefused e) {
        return new ApiRefusal(Kind.INVALID, e.code().toLowerCase(Locale.ROOT), String.valueOf(e.getMessage()));
    }

    private Response voidPlan(WriteTx tx, Call call) throws SQLException {
        Stored stored = existing(tx, call);
        plans.requireOpen(stored);
        plans.requireNotSent(tx, stored.plan().digest());
        plans.makeVoid(tx, call, stored.plan().digest(), call.text("reason"));
        return Response.json(200, plans.json(tx, existing(tx, call)));
    }

    private static Stored existing(ReadTx tx, Call call) throws SQLException {
        Optional<PlanDigest> digest = PlanDigest.parse(call.request().pathParameter("id"));
        Optional<Stored> found = digest.isEmpty() ? Optional.empty() : PlanRows.find(tx, digest.get());
        return found.orElseThrow(
                () -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no plan with this digest."));
    }
}
