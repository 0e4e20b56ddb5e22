package bulwark.seats.send;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanDraft;
import bulwark.seats.approval.PlanHandover;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.identity.Identity;
import bulwark.seats.plan.Plan;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRoute.Work.Change;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What people do about an operation that went wrong. Neither leads to a second effect: only a plan of which nothing was signed is handed over again, and what may have been signed is taken back by a plan of its
 * own, which people approve. Thread-safe.
 */
public final class OperationRoutes {
    private final SeatStore store;
    private final IntentLedger ledger;
    private final Identity identity;
    private final PlanHandover handover;
    private final PlanKeeper plans;
    private final @Nullable ChainAccess access;
    private final Clock clock;

    /** @param access null where no execution client is configured */
    public OperationRoutes(
            SeatStore store,
            Identity identity,
            PlanHandover handover,
            PlanKeeper plans,
            @Nullable ChainAccess access,
            Clock clock) {
        this.store = store;
        this.ledger = new IntentLedger(store, clock);
        this.identity = identity;
        this.handover = handover;
        this.plans = plans;
        this.access = access;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        return List.of(
                SeatRoute.checks(
                                "POST",
                                "/v1/operations/{id}/retry",
                                "Hand the plan of an operation over again that failed before anything was signed",
                                Roles.ADMIN,
                                RequestRules.NOTHING,
                                202,
                                this::retry)
                        .takenBy(SeatRoute.Callers.PERSON)
                        .withIdempotency()
                        .withStepUp("retry"),
                SeatRoute.checks(
                                "POST",
                                "/v1/operations/{id}/cancel",
                                "End an operation that has not begun, or plan to take its transaction back",
                                Roles.ADMIN,
                                RequestRules.NOTHING,
                                200,
                                this::cancel)
                        .takenBy(SeatRoute.Callers.PERSON)
                        .withIdempotency());
    }

    private static Operation existing(ReadTx tx, Call call) throws SQLException {
        return OperationRows.byId(tx, call.request().pathParameter("id"))
                .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no operation with this id."));
    }

    /** Of its transactions the one that was not given up; empty while nothing can have been signed. */
    private static Optional<TransactionIntent> transaction(ReadTx tx, Operation operation) throws SQLException {
        return IntentRows.ofOperation(tx, operation.id()).stream()
                .filter(intent -> intent.status() != IntentStatus.ABANDONED)
                .findFirst();
    }

    private Change retry(Call call) {
        Operation failed = store.read(tx -> failed(tx, call));
        handover.requireOpen();
        Change hand = handover.of(call, failed.plan(), ChainSnapshot.now(access));
        return (tx, again) -> {
            failed(tx, again);
            return hand.change(tx, again);
        };
    }

    private static Operation failed(ReadTx tx, Call call) throws SQLException {
        Operation operation = existing(tx, call);
        if (operation.status() != Operation.Status.FAILED) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "operation_not_failed",
                    "The operation is " + operation.status() + ": only one that FAILED is tried again.");
        }
        if (transaction(tx, operation).isPresent()) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "plan_was_signed",
                    "A transaction of this plan was signed (" + operation.errorCode()
                            + "), and the same plan is never signed twice: make a fresh one.");
        }
        return operation;
    }

    private Change cancel(Call call) {
        Optional<TransactionIntent> waiting = store.read(tx -> waiting(tx, call));
        if (waiting.isEmpty()) {
            return this::end;
        }
        TransactionIntent intent = waiting.get();
        ChainSnapshot look = ChainSnapshot.now(access);
        String person = store.read(tx -> identity.callerName(tx, call));
        Plan plan = PlanDraft.cancel(
                plans,
                look,
                intent.plan().seatId(),
                intent.root(),
                intent.nonce(),
                person,
                clock.instant().truncatedTo(ChronoUnit.SECONDS));
        return (tx, again) -> {
            if (waiting(tx, again).isEmpty()) {
                throw new ApiRefusal(
                        Kind.CONFLICT, "state_conflict", "The operation changed meanwhile: repeat the request.");
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("operation", existing(tx, again).json());
            body.put("plan", plans.keep(tx, again, plan, null));
            return Response.json(200, body);
        };
    }

    /** Its transaction that no block holds; empty where there is none yet. @throws ApiRefusal when the operation is over */
    private static Optional<TransactionIntent> waiting(ReadTx tx, Call call) throws SQLException {
        Operation operation = existing(tx, call);
        Optional<TransactionIntent> transaction = transaction(tx, operation);
        boolean over = transaction
                .map(intent -> !intent.status().isOpen() || intent.status() == IntentStatus.MINED)
                .orElse(operation.status() != Operation.Status.QUEUED);
        if (over) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "operation_over",
                    "The operation is " + operation.status() + ": there is nothing left that could be taken back.");
        }
        return transaction;
    }

    /** Nothing was signed: the plan is void, so that nobody hands it over again. */
    private Response end(WriteTx tx, Call call) throws SQLException {
        if (waiting(tx, call).isPresent()) {
            throw new ApiRefusal(Kind.CONFLICT, "state_conflict", "The operation began meanwhile: repeat the request.");
        }
        Operation operation = existing(tx, call);
        String sentence = "A person cancelled the operation before it began.";
        OperationRows.update(tx, operation.id(), Operation.Status.CANCELLED, "CANCELLED", sentence, ledger.now());
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("request_id", call.request().requestId());
        detail.put("plan", operation.plan().text());
        ledger.append(tx, SendEvents.CANCELLED, call.caller().entityUri(), "operation:" + operation.id(), detail);
        handover.end(tx, call, operation.plan(), "operation " + operation.id() + " was cancelled");
        return Response.json(200, Map.of("operation", existing(tx, call).json()));
    }
}
