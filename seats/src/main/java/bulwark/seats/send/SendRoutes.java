package bulwark.seats.send;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApprovalRefused;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.identity.Identity;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of plans that were handed over, and the pause of all sends: any operator may begin one, and people must approve its end. Thread-safe. */
public final class SendRoutes {
    private static final int MAX_PAGE = 500;

    private final SeatStore store;
    private final IntentLedger ledger;
    private final Identity identity;
    private final PlanSettings settings;
    private final Signing signing = Signing.fastest();
    private final Clock clock;
    private final @Nullable ChainReconciler reconciler;

    /** @param reconciler null where nothing can be sent */
    public SendRoutes(
            SeatStore store,
            Identity identity,
            PlanSettings settings,
            @Nullable ChainReconciler reconciler,
            Clock clock) {
        this.reconciler = reconciler;
        this.store = store;
        this.ledger = new IntentLedger(store, clock);
        this.identity = identity;
        this.settings = settings;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        String[] states = List.of(Operation.Status.values()).stream()
                .map(Operation.Status::name)
                .toArray(String[]::new);
        RequestRules filters = RequestRules.query(
                FieldRule.id("seat_id").optional(),
                FieldRule.word("status", states).optional(),
                FieldRule.number("limit", 1, MAX_PAGE),
                FieldRule.number("offset", 0, 100_000_000));
        return List.of(
                SeatRoute.reads(
                        "/v1/operations",
                        "What became of plans that were to be sent, newest first",
                        Roles.VIEWER,
                        filters,
                        this::list),
                SeatRoute.reads(
                        "/v1/operations/{id}",
                        "One operation with its transactions",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        this::read),
                SeatRoute.reads(
                        "/v1/sends",
                        "Whether sends are paused, why, and what people approve to end that",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        call -> Response.json(200, store.read(this::state))),
                SeatRoute.changes(
                        "POST",
                        "/v1/sends/pause",
                        "Pause all sends: nothing is signed and nothing is sent from now on",
                        Roles.OPERATOR,
                        RequestRules.body(FieldRule.text("reason", 1, 500)),
                        200,
                        this::pause),
                SeatRoute.changes(
                        "POST",
                        "/v1/sends/approvals",
                        "Hand in an approval that sends go on after the oldest pause",
                        Roles.OPERATOR,
                        RequestRules.body(
                                FieldRule.word("schema", Approval.SCHEMA),
                                FieldRule.digest("plan"),
                                FieldRule.word("decision", Approval.APPROVE),
                                FieldRule.text("person", 1, 100),
                                FieldRule.base64Url("publicKey"),
                                FieldRule.time("createdAt"),
                                FieldRule.time("expiresAt"),
                                FieldRule.base64Url("signature")),
                        200,
                        this::approve),
                SeatRoute.changes(
                                "POST",
                                "/v1/sends/resume",
                                "Lift the oldest pause, when enough other people approved that",
                                Roles.ADMIN,
                                RequestRules.NOTHING,
                                200,
                                this::resume)
                        .takenBy(SeatRoute.Callers.PERSON));
    }

    /** What the owner of the machine does about sends. */
    public List<Route> ownerRoutes() {
        return List.of(
                Route.owner("POST", "/owner/sends/status", request -> Response.json(200, store.read(this::state))),
                Route.owner("POST", "/owner/sends/pause", this::pauseAsOwner),
                Route.owner("POST", "/owner/sends/reconcile", this::reconcile));
    }

    private Response pauseAsOwner(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String reason = body.text("reason", 1, 500);
        body.only(Set.of("reason"));
        body.check();
        return store.write(tx -> {
            ledger.pause(tx, "PAUSED", reason, request.principal().entityUri(), request.requestId());
            return Response.json(200, state(tx));
        });
    }

    private Response reconcile(Request request) {
        if (reconciler == null) {
            throw new ApiRefusal(
                    Kind.UNAVAILABLE,
                    "writes_disabled",
                    "This service has no chain and no signer to compare the store with: start it with writes enabled.");
        }
        try {
            String sentence = reconciler.acceptChain(request.principal().entityUri(), request.requestId());
            return Response.json(200, Map.of("sentence", sentence));
        } catch (SendRefused e) {
            throw new ApiRefusal(Kind.UNAVAILABLE, e.code().toLowerCase(Locale.ROOT), e.sentence());
        }
    }

    private Response list(Call call) {
        Long seat = call.parameter("seat_id").map(Long::valueOf).orElse(null);
        String status = call.parameter("status").orElse(null);
        List<Operation> page = store.read(
                tx -> OperationRows.page(tx, seat, status, call.number("limit", 100), call.number("offset", 0)));
        return Response.json(
                200, Map.of("items", page.stream().map(Operation::json).toList()));
    }

    private Response read(Call call) {
        return store.read(tx -> {
            Operation operation = OperationRows.byId(tx, call.request().pathParameter("id"))
                    .orElseThrow(
                            () -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no operation with this id."));
            List<Map<String, Object>> transactions = new ArrayList<>();
            for (TransactionIntent intent : IntentRows.ofOperation(tx, operation.id())) {
                transactions.add(json(intent));
            }
            Map<String, Object> json = operation.json();
            json.put("transactions", transactions);
            return Response.json(200, json);
        });
    }

    private static Map<String, Object> json(TransactionIntent intent) {
        TransactionIntent.Block block = intent.block();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", intent.id());
        json.put("nonce", Long.toString(intent.nonce()));
        json.put("attempt", intent.attempt());
        json.put("status", intent.status().name());
        json.put("hash", intent.hash() == null ? "" : intent.requireHash());
        json.put("gasLimit", Long.toString(intent.fees().gasLimit()));
        json.put("maxFeePerGas", intent.fees().maxFee().toString());
        json.put("maxPriorityFeePerGas", intent.fees().maxPriorityFee().toString());
        json.put("evidence", intent.evidence() == null ? "" : String.valueOf(intent.evidence()));
        json.put("blockNumber", block == null ? "" : Long.toString(block.number()));
        json.put("blockHash", block == null ? "" : block.hash());
        return json;
    }

    private Map<String, Object> state(ReadTx tx) throws SQLException {
        List<Map<String, Object>> pauses = new ArrayList<>();
        for (PauseRows.Pause pause : PauseRows.all(tx)) {
            ResumeRequest request = ResumeRequest.of(pause);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("number", Long.toString(pause.number()));
            json.put("code", pause.code());
            json.put("reason", pause.reason());
            json.put("actor", pause.actor());
            json.put("since", pause.since());
            json.put("resume", request.json());
            json.put("digest", request.digest().text());
            json.put("groups", request.digest().groups());
            json.put(
                    "approvals",
                    PauseRows.approvals(tx, pause.number()).stream()
                            .map(Approval::json)
                            .toList());
            pauses.add(json);
        }
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("paused", !pauses.isEmpty());
        state.put("approvalsNeeded", settings.approvals());
        state.put("pauses", pauses);
        return state;
    }

    private Response pause(WriteTx tx, Call call) throws SQLException {
        ledger.pause(
                tx,
                "PAUSED",
                call.text("reason"),
                call.caller().entityUri(),
                call.request().requestId());
        return Response.json(200, state(tx));
    }

    private static PauseRows.Pause oldest(ReadTx tx) throws SQLException {
        return PauseRows.oldest(tx)
                .orElseThrow(() -> new ApiRefusal(Kind.CONFLICT, "not_paused", "Sends are not paused."));
    }

    private Response approve(WriteTx tx, Call call) throws SQLException {
        PauseRows.Pause pause = oldest(tx);
        Approval approval;
        try {
            approval = Approval.read(StrictJson.write(call.fields()));
            settings.approvers().check(ResumeRequest.of(pause).digest(), "", approval, signing, clock.instant());
        } catch (ApprovalRefused e) {
            throw refused(e);
        }
        PauseRows.put(tx, pause.number(), approval);
        append(
                tx,
                call,
                SendEvents.RESUME_APPROVED,
                Map.of(
                        "pause",
                        Long.toString(pause.number()),
                        "person",
                        approval.person(),
                        "key",
                        approval.publicKey()));
        return Response.json(200, state(tx));
    }

    private Response resume(WriteTx tx, Call call) throws SQLException {
        PauseRows.Pause pause = oldest(tx);
        Set<String> persons;
        try {
            persons = settings.approvers()
                    .require(
                            ResumeRequest.of(pause).digest(),
                            identity.callerName(tx, call),
                            PauseRows.approvals(tx, pause.number()),
                            settings.approvals(),
                            signing,
                            clock.instant());
        } catch (ApprovalRefused e) {
            throw refused(e);
        }
        PauseRows.lift(tx, pause.number(), call.caller().entityUri(), ledger.now());
        append(
                tx,
                call,
                SendEvents.RESUMED,
                Map.of(
                        "pause",
                        Long.toString(pause.number()),
                        "code",
                        pause.code(),
                        "approvers",
                        String.join(", ", persons.stream().sorted().toList())));
        return Response.json(200, state(tx));
    }

    private void append(
            WriteTx tx, Call call, bulwark.kernel.evidence.audit.AuditEventType type, Map<String, Object> more)
            throws SQLException {
        Map<String, Object> detail = new LinkedHashMap<>(more);
        detail.put("request_id", call.request().requestId());
        ledger.append(tx, type, call.caller().entityUri(), "sends", detail);
    }

    private static ApiRefusal refused(ApprovalRefused e) {
        return new ApiRefusal(Kind.INVALID, e.code().toLowerCase(Locale.ROOT), String.valueOf(e.getMessage()));
    }
}
