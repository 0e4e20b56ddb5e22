package bulwark.seats.seat;

import static bulwark.seats.route.FieldRule.address;
import static bulwark.seats.route.FieldRule.credentials;
import static bulwark.seats.route.FieldRule.flag;
import static bulwark.seats.route.FieldRule.id;
import static bulwark.seats.route.FieldRule.number;
import static bulwark.seats.route.FieldRule.pubkey;
import static bulwark.seats.route.FieldRule.text;
import static bulwark.seats.route.FieldRule.word;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.seat.SeatFilter.Condition;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Seats, as far as no chain is needed. */
public final class SeatRegister {
    /** Principal of a seat: 32 of the coin. */
    private static final String AMOUNT_GWEI = "32000000000";

    private static final int MAX_PAGE = 500;

    /** Who holds the key of a validator. */
    public enum Custody {
        /** Its operator, who made it. */
        BYO_BLS,
        /** The treasury: its signer made it. */
        MANAGED
    }

    private final SeatStore store;
    private final Set<String> extraStepUps;
    private final Clock clock;
    private final SeatStateMachine states;

    /** @param extraStepUps actions that ask for a step-up although they need none by themselves */
    public SeatRegister(SeatStore store, Set<String> extraStepUps, Clock clock) {
        this.store = store;
        this.extraStepUps = extraStepUps;
        this.clock = clock;
        states = new SeatStateMachine(store.audited().audit(), clock);
    }

    public List<SeatRoute> routes() {
        List<SeatRoute> routes = new ArrayList<>();
        routes.add(SeatRoute.reads("/v1/seats", "Seats", Roles.VIEWER, filters(), this::list));
        routes.add(SeatRoute.reads(
                "/v1/seats/{id}", "One seat with its history", Roles.VIEWER, RequestRules.NOTHING, this::read));
        routes.add(SeatRoute.reads(
                "/v1/seats/{id}/audit-logs",
                "How one seat came to its state",
                Roles.VIEWER,
                RequestRules.NOTHING,
                this::history));
        routes.add(SeatRoute.changes(
                        "POST",
                        "/v1/seats",
                        "Make a seat of a key that its operator holds",
                        Roles.OPERATOR,
                        RequestRules.body(id("operatorId"), pubkey("pubkey"), credentials("withdrawalCredentials")),
                        201,
                        this::create)
                .withIdempotency());
        routes.add(action("revoke", 200, this::revoke, text("reason", 1, 500)));
        routes.add(SeatRoute.reads(
                "/v1/dashboard/summary", "Seats by state", Roles.VIEWER, RequestRules.NOTHING, this::summary));
        return routes;
    }

    private static RequestRules filters() {
        return RequestRules.query(
                word("status", "CREATED", "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE", "EXCEPTION", "REVOKED")
                        .optional(),
                id("operator_id").optional(),
                pubkey("validator_pubkey").optional(),
                address("beneficiary").optional(),
                address("vault_address").optional(),
                id("seat_id").optional(),
                flag("has_pubkey"),
                flag("has_pending_operation"),
                flag("has_failed_operation"),
                number("limit", 1, MAX_PAGE),
                id("after").optional(),
                number("offset", 0, 100_000_000));
    }

    private SeatRoute action(String name, int status, SeatRoute.Work.Change work, FieldRule... rules) {
        SeatRoute route = SeatRoute.changes(
                        "POST",
                        "/v1/seats/{id}/" + name,
                        "The action " + name + " of a seat",
                        Roles.ADMIN,
                        RequestRules.body(rules),
                        status,
                        work)
                .withIdempotency();
        return stepUpIfWanted(name, route);
    }

    private SeatRoute stepUpIfWanted(String name, SeatRoute route) {
        return extraStepUps.contains(name) ? route.withStepUp(name) : route;
    }

    private Response list(Call call) {
        SeatFilter filter = SeatFilter.NONE
                .with(Condition.STATUS, call.parameter("status").orElse(null))
                .with(Condition.OPERATOR, wholeNumber(call, "operator_id"))
                .with(Condition.SEAT, wholeNumber(call, "seat_id"))
                .with(Condition.PUBKEY, call.parameter("validator_pubkey").orElse(null))
                .with(
                        Condition.BENEFICIARY,
                        call.parameter("beneficiary").map(SeatRegister::lower).orElse(null))
                .with(
                        Condition.VAULT,
                        call.parameter("vault_address").map(SeatRegister::lower).orElse(null))
                .with(Condition.HAS_PUBKEY, truth(call, "has_pubkey"))
                .with(Condition.PENDING_OPERATION, truth(call, "has_pending_operation"))
                .with(Condition.FAILED_OPERATION, truth(call, "has_failed_operation"));
        Long after = wholeNumber(call, "after");
        long limit = call.number("limit", 100);
        long offset = call.number("offset", 0);
        return store.read(tx -> {
            List<Seat> page = SeatTable.page(tx, filter, after == null ? 0 : after, offset, limit + 1);
            boolean more = page.size() > limit;
            List<Seat> shown = more ? page.subList(0, (int) limit) : page;
            Map<String, @Nullable Object> pagination = new LinkedHashMap<>();
            pagination.put("limit", limit);
            pagination.put("offset", offset);
            pagination.put("total", SeatTable.count(tx, filter));
            pagination.put("next", more ? Long.toString(shown.getLast().id()) : null);
            return Response.json(
                    200, Map.of("items", shown.stream().map(Seat::json).toList(), "pagination", pagination));
        });
    }

    private static @Nullable Long wholeNumber(Call call, String name) {
        return call.parameter(name).map(Long::valueOf).orElse(null);
    }

    private static @Nullable Boolean truth(Call call, String name) {
        return call.parameter(name).map(Boolean::valueOf).orElse(null);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private Response read(Call call) {
        return store.read(tx -> {
            Seat seat = existing(tx, call);
            Map<String, @Nullable Object> body = new LinkedHashMap<>(seat.json());
            body.put("history", SeatTable.history(tx, seat.id()));
            SeatChainState onChain = SeatChainState.of(tx, seat.id());
            onChain.addTo(body);
            body.put("nextActions", nextActions(seat.status(), onChain));
            return Response.json(200, body);
        });
    }

    /** Whether one can be planned now, the chain decides. */
    private static List<String> nextActions(String status, SeatChainState onChain) {
        if (onChain.isSettled()) {
            return List.of();
        }
        return switch (status) {
            case "CREATED" -> List.of("deposit-data", "approve", "deposit", "revoke");
            case "ALLOWLISTED" -> List.of("deposit");
            case "DEPOSITED", "SEEN_BY_CL", "ACTIVE" ->
                onChain.hasExit() ? List.of("settle") : List.of("settle", "force-exit");
            default -> List.of();
        };
    }

    private Response history(Call call) {
        return store.read(tx -> Response.json(
                200, Map.of("items", SeatTable.history(tx, existing(tx, call).id()))));
    }

    private Response summary(Call call) {
        return Response.json(200, Map.of("seats", store.read(SeatTable::countsByStatus)));
    }

    private Response create(WriteTx tx, Call call) throws SQLException {
        return Response.json(
                201,
                make(tx, call, Custody.BYO_BLS, call.text("pubkey"), call.text("withdrawalCredentials"), null, null)
                        .json());
    }

    /**
     * Makes a seat for the operator that the body names, with its audit row.
     *
     * @param vault that the credentials name; null where its parameters are not known here
     * @throws ApiRefusal when the operator is not active or the key has a seat
     */
    public Seat make(
            WriteTx tx,
            Call call,
            Custody custody,
            String pubkey,
            String credentials,
            @Nullable String vault,
            @Nullable String beneficiary)
            throws SQLException {
        long operator = Long.parseLong(call.text("operatorId"));
        if (!OperatorRegister.isActive(tx, operator)) {
            throw new ApiRefusal(
                    Kind.INVALID, "operator_unknown", "operatorId names no active operator: make one first.");
        }
        if (SeatTable.byPubkey(tx, pubkey).isPresent()) {
            throw new ApiRefusal(Kind.CONFLICT, "pubkey_taken", "There is a seat with this public key.");
        }
        String now = Timestamps.zulu(clock.instant());
        Seat seat = new Seat(
                SeatTable.nextId(tx, "seats"),
                operator,
                "CREATED",
                custody.name(),
                pubkey,
                credentials,
                vault,
                beneficiary,
                AMOUNT_GWEI,
                1,
                now,
                now);
        Map<String, String> evidence = Map.of("pubkey", pubkey, "withdrawal_credentials", credentials);
        Map<String, Object> detail = new LinkedHashMap<>(evidence);
        detail.put("operator", Long.toString(operator));
        states.create(
                tx,
                seat,
                evidence,
                call.event(SeatEvents.SEAT_CREATED, "seat:" + seat.id(), detail),
                call.request().requestId());
        return seat;
    }

    /** Puts a seat where only a person gets it out; a seat that is there already, or revoked, stays as it is. @param reason stable code */
    public void except(WriteTx tx, Call call, Seat seat, String reason) throws SQLException {
        if (!SeatStateMachine.allows(seat.status(), SeatStateMachine.EXCEPTION)) {
            return;
        }
        states.move(
                tx,
                seat.id(),
                seat.status(),
                SeatStateMachine.EXCEPTION,
                Map.of("reason", reason),
                call.event(
                        SeatEvents.SEAT_IN_EXCEPTION,
                        "seat:" + seat.id(),
                        Map.of("from_state", seat.status(), "reason", reason)),
                call.request().requestId());
    }

    /** Only what has nothing on a chain yet ends here; an intent that is allowlisted must be removed there first. */
    private Response revoke(WriteTx tx, Call call) throws SQLException {
        Seat seat = existing(tx, call);
        if (!seat.status().equals("CREATED")) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "state_conflict",
                    "A seat that is " + seat.status() + " is not revoked here: what it has on the chain goes first.");
        }
        String reason = call.text("reason");
        states.move(
                tx,
                seat.id(),
                seat.status(),
                SeatStateMachine.REVOKED,
                Map.of("reason", reason),
                call.event(
                        SeatEvents.SEAT_REVOKED,
                        "seat:" + seat.id(),
                        Map.of("from_state", seat.status(), "reason", reason)),
                call.request().requestId());
        return Response.json(200, SeatTable.byId(tx, seat.id()).orElseThrow().json());
    }

    /** The seat of the path. @throws ApiRefusal 404 */
    public static Seat existing(ReadTx tx, Call call) throws SQLException {
        String id = call.request().pathParameter("id");
        Optional<Seat> found =
                id.matches("[1-9][0-9]{0,17}") ? SeatTable.byId(tx, Long.parseLong(id)) : Optional.empty();
        return found.orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no seat with this id."));
    }
}
