package bulwark.seats.action;

import static bulwark.seats.route.FieldRule.address;
import static bulwark.seats.route.FieldRule.digest;
import static bulwark.seats.route.FieldRule.flag;
import static bulwark.seats.route.FieldRule.id;
import static bulwark.seats.route.FieldRule.number;
import static bulwark.seats.route.FieldRule.pubkey;
import static bulwark.seats.route.FieldRule.wei;
import static bulwark.seats.route.FieldRule.word;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanDraft;
import bulwark.seats.approval.PlanHandover;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.identity.Identity;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRoute.Work.Change;
import bulwark.seats.route.SeatRoute.Work.Check;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatRegister;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Routes that act on the chain. Each asks every label first, before anything else is done; then it makes a plan, or, with {@code "send": true}, hands over one that was approved.
 * None takes a treasury: it is the server's own, whatever a caller says. Thread-safe.
 */
public final class SeatActions {
    private static final FieldRule[] VAULT = {
        id("operatorId"),
        address("beneficiary"),
        number("claimDelaySeconds", 3_600, 2_592_000),
        wei("maxClaimPerPeriodWei").optional()
    };
    private static final FieldRule[] VAULT_OF_KEY = {
        id("operatorId"),
        pubkey("pubkey"),
        address("beneficiary"),
        number("claimDelaySeconds", 3_600, 2_592_000),
        wei("maxClaimPerPeriodWei").optional()
    };
    private static final FieldRule SEND = flag("send");
    /** Of the plan that is sent. */
    private static final FieldRule PLAN = digest("plan").optional();

    private final SeatStore store;
    private final Identity identity;
    private final @Nullable ChainAccess access;
    private final PlanKeeper plans;
    private final PlanHandover handover;
    private final DepositActions deposits;
    private final VaultActions vaults;
    private final @Nullable GeneratedKeys keys;
    private final Set<String> extraStepUps;
    private final Clock clock;

    /**
     * @param access null where no execution client is configured: nothing is planned here then
     * @param keys null where no signer is asked
     * @param extraStepUps actions that ask for a step-up beside generate, settle and force-exit
     */
    public SeatActions(
            SeatStore store,
            Identity identity,
            @Nullable ChainAccess access,
            PlanKeeper plans,
            PlanHandover handover,
            DepositActions deposits,
            VaultActions vaults,
            @Nullable GeneratedKeys keys,
            Set<String> extraStepUps,
            Clock clock) {
        this.store = store;
        this.identity = identity;
        this.access = access;
        this.plans = plans;
        this.handover = handover;
        this.deposits = deposits;
        this.vaults = vaults;
        this.keys = keys;
        this.extraStepUps = extraStepUps;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        return List.of(
                made("generate", "Make a seat with a key of our own", VAULT).withStepUp("generate"),
                stepUpIfWanted(
                        "with-vault",
                        SeatRoute.checks(
                                        "POST",
                                        "/v1/seats/with-vault",
                                        "Make a seat, and plan its vault",
                                        Roles.ADMIN,
                                        RequestRules.body(VAULT_OF_KEY),
                                        201,
                                        this::withVault)
                                .withIdempotency()),
                action("approve", Set.of(PlanKind.APPROVE), deposits::approve),
                action("deposit", Set.of(PlanKind.DEPOSIT), deposits::deposit),
                action(
                                "settle",
                                Set.of(
                                        PlanKind.PROPOSE_SETTLEMENT,
                                        PlanKind.FINALIZE_SETTLEMENT,
                                        PlanKind.CANCEL_SETTLEMENT),
                                vaults::settle,
                                word("step", "propose", "finalize", "cancel"),
                                wei("maxRewardsClaimedWei").optional())
                        .withStepUp("settle"),
                action(
                                "force-exit",
                                Set.of(PlanKind.FORCE_EXIT),
                                vaults::forceExit,
                                wei("maxFeeWei").optional())
                        .withStepUp("force-exit"),
                SeatRoute.checks(
                                "POST",
                                "/v1/plans/{id}/send",
                                "Hand an approved plan over to be sent",
                                Roles.ADMIN,
                                RequestRules.NOTHING,
                                202,
                                this::send)
                        .withIdempotency()
                        .takenBy(SeatRoute.Callers.PERSON)
                        .withStepUp("send"));
    }

    /** Its step-up is bound to the digest in the path. */
    private Change send(Call call) {
        if (access == null) {
            handover.requireOpen();
        }
        ChainSnapshot look = ChainSnapshot.now(access);
        PlanDigest digest = PlanDigest.parse(call.request().pathParameter("id"))
                .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no plan with this digest."));
        return handover.of(call, digest, look);
    }

    private SeatRoute made(String name, String summary, FieldRule... rules) {
        return SeatRoute.checks(
                        "POST",
                        "/v1/seats/" + name,
                        summary,
                        Roles.ADMIN,
                        RequestRules.body(rules),
                        201,
                        this::generate)
                .withIdempotency();
    }

    /** What one action plans, of a seat and what every label says. */
    @FunctionalInterface
    interface Planner {
        Planned plan(ChainSnapshot look, Seat seat, Call call);
    }

    /**
     * What is planned.
     *
     * @param consensus what the consensus layer was asked, for people
     */
    record Planned(PlannedAction action, String consensus) {}

    private SeatRoute action(String name, Set<PlanKind> kinds, Planner planner, FieldRule... rules) {
        FieldRule[] all = Stream.concat(Stream.of(rules), Stream.of(SEND, PLAN)).toArray(FieldRule[]::new);
        Check check = call -> check(call, kinds, planner);
        SeatRoute route = SeatRoute.checks(
                        "POST",
                        "/v1/seats/{id}/" + name,
                        "Plan the action " + name + " of a seat, or send its approved plan",
                        Roles.ADMIN,
                        RequestRules.body(all),
                        200,
                        check)
                .withIdempotency()
                .takenBy(SeatRoute.Callers.PERSON);
        return stepUpIfWanted(name, route);
    }

    private SeatRoute stepUpIfWanted(String name, SeatRoute route) {
        return extraStepUps.contains(name) ? route.withStepUp(name) : route;
    }

    private Change check(Call call, Set<PlanKind> kinds, Planner planner) {
        boolean send = call.flag("send").orElse(false);
        if (send != call.optionalText("plan").isPresent()) {
            throw new ApiRefusal(
                    Kind.MALFORMED,
                    "schema",
                    "body.plan goes with body.send: it is the digest of the approved plan that is to be sent. Without both, a"
                            + " plan is made.");
        }
        if (send && access == null) {
            handover.requireOpen();
        }
        ChainSnapshot look = ChainSnapshot.now(access);
        Seat seat = store.read(tx -> SeatRegister.existing(tx, call));
        if (send) {
            PlanDigest digest = PlanDigest.parse(call.text("plan")).orElseThrow();
            return handover.of(call, digest, seat.id(), kinds, look);
        }
        Planned planned = planner.plan(look, seat, call);
        PlanDraft draft = PlanDraft.of(plans, look, planned.action());
        String person = store.read(tx -> identity.callerName(tx, call));
        Plan plan = draft.plan(seat.id(), person, now());
        return (tx, again) -> {
            requireUnchanged(tx, again, seat);
            Map<String, Object> body = new LinkedHashMap<>(plans.keep(tx, again, plan, draft.simulation()));
            body.put("consensusLayer", planned.consensus());
            return Response.json(200, body);
        };
    }

    private static void requireUnchanged(ReadTx tx, Call call, Seat seen) throws SQLException {
        if (SeatRegister.existing(tx, call).version() != seen.version()) {
            throw new ApiRefusal(
                    Kind.CONFLICT, "state_conflict", "The seat changed while the chain was asked: repeat the request.");
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The signer makes the key; what comes of it is the same as for a key of an operator, deposit data included. */
    private Change generate(Call call) {
        ChainSnapshot look = access == null ? null : ChainSnapshot.now(access);
        if (look == null || keys == null) {
            throw new ApiRefusal(
                    Kind.UNAVAILABLE,
                    "writes_disabled",
                    "This service makes no keys of its own: enable writes beside a signer that has a mnemonic, or let the"
                            + " operator make the key, and use with-vault.");
        }
        VaultParameters parameters = VaultActions.parameters(call);
        GeneratedKeys.Generated generated = keys.generate(parameters);
        VaultActions.NewVault made = vaults.deploy(look, generated.pubkey(), parameters);
        keys.require(generated, made);
        PlanDraft draft = PlanDraft.of(plans, look, made.action());
        String person = store.read(tx -> identity.callerName(tx, call));
        return (tx, again) -> {
            Seat seat = vaults.makeSeat(tx, again, SeatRegister.Custody.MANAGED, made);
            keys.keep(tx, again, seat, generated);
            Map<String, Object> body = made(tx, again, seat, made, draft, person);
            body.put("keystore", generated.keystore());
            return Response.json(201, body);
        };
    }

    private Map<String, Object> made(
            WriteTx tx, Call call, Seat seat, VaultActions.NewVault made, PlanDraft draft, String person)
            throws SQLException {
        Plan plan = draft.plan(seat.id(), person, now());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("seat", seat.json());
        body.put("vault", made.json());
        body.put("plan", plans.keep(tx, call, plan, draft.simulation()));
        return body;
    }

    private Change withVault(Call call) {
        ChainSnapshot look = ChainSnapshot.now(access);
        VaultActions.NewVault made = vaults.deploy(look, call.text("pubkey"), VaultActions.parameters(call));
        PlanDraft draft = PlanDraft.of(plans, look, made.action());
        // The static token deploys vaults too, which move nothing; it is no person, so that any approver may approve.
        String person = store.read(tx -> identity.callerName(tx, call));
        return (tx, again) -> {
            Seat seat = vaults.makeSeat(tx, again, SeatRegister.Custody.BYO_BLS, made);
            return Response.json(201, made(tx, again, seat, made, draft, person));
        };
    }
}
