package bulwark.seats.action;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.identity.Identity;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.ExpectedEffects;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The switches of the gate. They are read from every label. The router takes a change of them from its governor alone, a cold key that no service holds: an action makes the call that
 * this key signs elsewhere, tried on every label, and leaves an audit row. Thread-safe.
 */
public final class AllowlistActions {
    static final AuditEventType PLANNED = AuditEventType.of(
            "governor_call_planned",
            "a call that the governor alone may make was written down",
            "request_id",
            "remote",
            "digest",
            "sentence",
            "person");
    public static final List<AuditEventType> EVENTS = List.of(PLANNED);

    private final SeatStore store;
    private final Identity identity;
    private final @Nullable ChainAccess access;
    private final Clock clock;

    /** @param access null where no execution client is configured: nothing is known then */
    public AllowlistActions(SeatStore store, Identity identity, @Nullable ChainAccess access, Clock clock) {
        this.store = store;
        this.identity = identity;
        this.access = access;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        List<SeatRoute> routes = new ArrayList<>();
        routes.add(SeatRoute.reads(
                "/v1/settings/allowlist",
                "The switches of the allowlist on the chain",
                Roles.VIEWER,
                RequestRules.NOTHING,
                this::read));
        for (GateSwitch.Kind kind : GateSwitch.Kind.values()) {
            RequestRules rules = kind.isFreeze()
                    ? RequestRules.body(FieldRule.address("contract"))
                    : RequestRules.body(FieldRule.flag("enabled").mandatory());
            routes.add(SeatRoute.checks(
                            "POST",
                            "/v1/settings/allowlist/" + kind.path(),
                            "Write down the call with which the governor changes the list: " + kind.path(),
                            Roles.ADMIN,
                            rules,
                            200,
                            call -> plan(call, kind))
                    .withIdempotency()
                    .withStepUp(new GateSwitch(kind, false).word()));
        }
        return routes;
    }

    private Response read(Call call) {
        return Response.json(200, ChainSnapshot.now(access).switches());
    }

    private SeatRoute.Work.Change plan(Call call, GateSwitch.Kind kind) {
        ChainSnapshot look = ChainSnapshot.now(access);
        requireNamed(look, call);
        GateSwitch change = new GateSwitch(kind, call.flag("enabled").orElse(false));
        EvmAddress governor = look.ask(
                "governor",
                (node, at) -> node.read(look.network().treasuryRouter(), at, TreasuryRouterAbi.GOVERNOR)
                        .address(0));
        String person = store.read(tx -> identity.callerName(tx, call));
        GovernorCall made =
                GovernorCall.of(look, change, governor, person, clock.instant().truncatedTo(ChronoUnit.SECONDS));
        PlanSimulation simulation = PlanSimulation.run(
                look,
                ExpectedEffects.oneEvent(look.network().depositContract(), change.event()),
                governor,
                made.target(),
                BigInteger.ZERO,
                made.calldata());
        return (tx, again) -> answer(tx, again, made, simulation);
    }

    /** What cannot be undone is confirmed by the contract that it happens to. */
    private static void requireNamed(ChainSnapshot look, Call call) {
        Optional<EvmAddress> named = call.optionalText("contract").flatMap(EvmAddress::parse);
        if (call.optionalText("contract").isPresent()
                && !named.equals(Optional.of(look.network().depositContract()))) {
            throw new ApiRefusal(
                    Kind.INVALID,
                    "confirmation_differs",
                    "body.contract must be the deposit contract that is meant, "
                            + look.network().depositContract().checksummed() + ".");
        }
    }

    private Response answer(WriteTx tx, Call call, GovernorCall made, PlanSimulation simulation) throws SQLException {
        String digest = made.digest().text();
        Map<String, Object> detail = Map.of("digest", digest, "sentence", made.sentence(), "person", made.proposer());
        store.audited().audit().append(tx, call.event(PLANNED, "governor-call:" + digest, detail));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("digest", digest);
        body.put("groups", made.digest().groups());
        body.put("sentence", made.sentence());
        body.put("simulation", simulation.json());
        body.put("call", made.json());
        return Response.json(200, body);
    }
}
