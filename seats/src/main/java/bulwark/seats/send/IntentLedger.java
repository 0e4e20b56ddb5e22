package bulwark.seats.send;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.kernel.time.UuidV7;
import bulwark.seats.approval.Approval;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.send.TransactionIntent.Account;
import bulwark.seats.send.TransactionIntent.Fees;
import bulwark.seats.store.SeatStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operations, intents, nonces and pauses as rows, each change with its audit row in the same transaction. Thread-safe. */
final class IntentLedger {
    static final String PROCESS = "process:sender";
    private static final String TENANT = "default";

    private final SeatStore store;
    private final SendMetrics metrics;
    private final Clock clock;

    IntentLedger(SeatStore store, SendMetrics metrics, Clock clock) {
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Of somebody who sends nothing. */
    IntentLedger(SeatStore store, Clock clock) {
        this(store, SendMetrics.unread(), clock);
    }

    SendMetrics metrics() {
        return metrics;
    }

    Clock clock() {
        return clock;
    }

    SeatStore store() {
        return store;
    }

    String now() {
        return Timestamps.zulu(clock.instant());
    }

    /** A plan with what people said of it, and who hands it over. */
    record Order(Plan plan, List<Approval> approvals, String actor, String requestId) {}

    /**
     * Takes a nonce, or finds what became of the plan.
     *
     * @param floor nonce of the chain: none below it is taken
     * @throws SendRefused when sends are paused, or there is nothing to replace
     */
    TransactionIntent reserve(Order order, Fees fees, long floor) {
        return store.write(tx -> {
            requireRunning(tx);
            Optional<TransactionIntent> last = last(tx, order.plan());
            if (last.isPresent() && last.get().status() != IntentStatus.ABANDONED) {
                return last.get();
            }
            requireNotCancelled(tx, order.plan());
            Optional<TransactionIntent> replaced = replaced(tx, order.plan());
            long nonce = replaced.map(TransactionIntent::nonce).orElse(-1L);
            if (replaced.isEmpty()) {
                nonce = take(tx, Account.of(order.plan()), floor);
            }
            String operation = queue(tx, order);
            String now = now();
            OperationRows.begin(tx, operation, order.approvals(), now);
            if (replaced.isPresent()) {
                IntentRows.setLive(tx, replaced.get().id(), false);
            }
            TransactionIntent intent = intent(tx, order, fees, operation, nonce, replaced.orElse(null));
            IntentRows.insert(tx, intent, now);
            audit(tx, intent, replaced.orElse(null));
            tx.afterCommit(() -> metrics.started(order.plan().kind()));
            return intent;
        });
    }

    /** The order may have been read before a person cancelled it. */
    private static void requireNotCancelled(ReadTx tx, Plan plan) throws SQLException {
        if (OperationRows.byPlan(tx, plan.digest())
                .filter(known -> known.status() == Operation.Status.CANCELLED)
                .isPresent()) {
            throw new SendRefused("OPERATION_CANCELLED", "The operation was cancelled before it began.");
        }
    }

    /** Newest transaction of a plan. */
    private static Optional<TransactionIntent> last(ReadTx tx, Plan plan) throws SQLException {
        Optional<Operation> known = OperationRows.byPlan(tx, plan.digest());
        return known.isEmpty()
                ? Optional.empty()
                : IntentRows.ofOperation(tx, known.get().id()).stream().findFirst();
    }

    /** The operation of a plan, which waits to be sent where nothing of it was. @return its id, the same for the same plan */
    String queue(WriteTx tx, Order order) throws SQLException {
        Optional<Operation> known = OperationRows.byPlan(tx, order.plan().digest());
        if (known.isEmpty()) {
            String id = UuidV7.next(clock.instant());
            OperationRows.insert(tx, id, order, now());
            return id;
        }
        boolean nothing = last(tx, order.plan())
                .map(intent -> intent.status() == IntentStatus.ABANDONED)
                .orElse(true);
        if (known.get().status() == Operation.Status.FAILED && nothing) {
            OperationRows.queue(tx, known.get().id(), order.approvals(), now());
        }
        return known.get().id();
    }

    List<Order> queued() {
        return store.read(OperationRows::queued);
    }

    /** Sends what was queued. What can be right later is tried again at the next pass, until the plan expires. */
    void begin(Order order, Instant now, Runnable send) {
        if (!now.isBefore(order.plan().expiresAt())) {
            end(
                    order,
                    Operation.Status.FAILED,
                    "PLAN_EXPIRED",
                    "The plan expired before it could be sent: plan it again.");
            return;
        }
        try {
            send.run();
        } catch (SendRefused refused) {
            end(
                    order,
                    refused.isPassing() ? Operation.Status.QUEUED : Operation.Status.FAILED,
                    refused.code(),
                    refused.sentence());
        }
    }

    private void end(Order order, Operation.Status status, String code, String sentence) {
        store.write(tx -> {
            Operation operation =
                    OperationRows.byPlan(tx, order.plan().digest()).orElseThrow();
            if (operation.status() == Operation.Status.QUEUED) {
                OperationRows.update(tx, operation.id(), status, code, sentence, now());
            }
            return 0;
        });
    }

    private static long take(WriteTx tx, Account account, long floor) throws SQLException {
        long next = NonceRows.next(tx, account)
                .orElseThrow(() -> new SendRefused(
                        "NONCE_UNKNOWN",
                        "The line of nonces was not compared with the chain yet: repeat in a moment."));
        if (next < floor) {
            throw new SendRefused(
                    "HISTORY_ROLLED_BACK",
                    "The chain counts " + floor + " transactions of the treasury, and this store " + next
                            + ": run seat-manager send reconcile.");
        }
        long free = NonceRows.free(tx, account, floor).orElse(next);
        if (free == next) {
            NonceRows.set(tx, account, next + 1);
        }
        return free;
    }

    private TransactionIntent intent(
            ReadTx tx, Order order, Fees fees, String operation, long nonce, @Nullable TransactionIntent replaced)
            throws SQLException {
        return new TransactionIntent(
                UuidV7.next(clock.instant()),
                operation,
                order.plan(),
                order.approvals(),
                nonce,
                NonceRows.attempts(tx, Account.of(order.plan()), nonce),
                replaced == null ? order.plan().digest() : replaced.root(),
                fees,
                null,
                null,
                IntentStatus.RESERVED,
                null,
                null,
                order.actor(),
                order.requestId());
    }

    /** The attempt that is live, of the plan that a replacement names. */
    private static Optional<TransactionIntent> replaced(ReadTx tx, Plan plan) throws SQLException {
        return switch (plan.action()) {
            case PlannedAction.BumpFee bump -> Optional.of(replaced(tx, plan, bump.replaces(), bump.nonce()));
            case PlannedAction.CancelTransaction cancel ->
                Optional.of(replaced(tx, plan, cancel.replaces(), cancel.nonce()));
            default -> Optional.empty();
        };
    }

    private static TransactionIntent replaced(ReadTx tx, Plan plan, PlanDigest root, long nonce) throws SQLException {
        List<TransactionIntent> attempts = IntentRows.ofNonce(tx, Account.of(plan), nonce);
        boolean over = attempts.stream().anyMatch(each -> switch (each.status()) {
            case MINED, FINAL, FOREIGN -> true;
            default -> false;
        });
        return attempts.reversed().stream()
                .filter(each -> !over && each.root().equals(root) && each.status() != IntentStatus.ABANDONED)
                .findFirst()
                .orElseThrow(() -> new SendRefused(
                        "NOTHING_TO_REPLACE",
                        "No transaction of plan " + root.text().substring(0, 8) + "… waits with nonce " + nonce
                                + ": it was mined, or there is none."));
    }

    /** What a fee-bump or cancel would replace, to quote its fees. */
    Optional<TransactionIntent> toReplace(Plan plan) {
        return store.read(tx -> replaced(tx, plan));
    }

    private void audit(WriteTx tx, TransactionIntent intent, @Nullable TransactionIntent replaced) throws SQLException {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("request_id", intent.requestId());
        detail.put("plan", intent.plan().digest().text());
        detail.put("kind", intent.plan().kind().word());
        detail.put("sentence", PlanSentence.of(intent.plan()));
        detail.put("nonce", Long.toString(intent.nonce()));
        detail.put("attempt", intent.attempt());
        detail.put("max_fee_wei", intent.fees().maxFee().toString());
        detail.put("gas_limit", Long.toString(intent.fees().gasLimit()));
        if (replaced != null) {
            detail.put("replaced_max_fee_wei", replaced.fees().maxFee().toString());
        }
        append(tx, SendEvents.RESERVED, intent.actor(), "transaction:" + intent.id(), detail);
    }

    void requireRunning(ReadTx tx) throws SQLException {
        Optional<PauseRows.Pause> pause = PauseRows.oldest(tx);
        if (pause.isPresent()) {
            throw new SendRefused(
                    "SENDS_PAUSED",
                    "Sends are paused since " + pause.get().since() + " ("
                            + pause.get().code() + "): " + pause.get().reason());
        }
    }

    boolean isPaused() {
        return store.<Boolean>read(tx -> PauseRows.oldest(tx).isPresent());
    }

    /** Moves an intent and its operation. @return the intent as it stands now, whoever moved it */
    TransactionIntent move(TransactionIntent intent, IntentStatus to, String why) {
        return store.write(tx -> {
            move(tx, intent, to, why);
            return IntentRows.byId(tx, intent.id()).orElseThrow();
        });
    }

    /** @return whether this call moved it */
    boolean move(WriteTx tx, TransactionIntent intent, IntentStatus to, String why) throws SQLException {
        if (!IntentRows.move(tx, intent, to, why, now())) {
            return false;
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("from_state", intent.status().name());
        detail.put("to_state", to.name());
        detail.put("nonce", Long.toString(intent.nonce()));
        if (intent.hash() != null) {
            detail.put("hash", intent.requireHash());
        }
        if (intent.evidence() != null) {
            detail.put("evidence", String.valueOf(intent.evidence()));
        }
        if (!why.isEmpty()) {
            detail.put("why", why);
        }
        append(tx, SendEvents.MOVED, PROCESS, "transaction:" + intent.id(), detail);
        tx.afterCommit(() -> metrics.moved(intent, to, clock.instant()));
        return true;
    }

    void setOperation(WriteTx tx, TransactionIntent intent, Operation.Status status, String code, String sentence)
            throws SQLException {
        OperationRows.update(tx, intent.operationId(), status, code, sentence, now());
    }

    void setOperation(TransactionIntent intent, Operation.Status status, String code, String sentence) {
        store.write(tx -> {
            setOperation(tx, intent, status, code, sentence);
            return 0;
        });
    }

    /** Nothing is signed and sent from the commit of this on. */
    boolean pause(String code, String reason, String actor, String requestId) {
        return store.write(tx -> pause(tx, code, reason, actor, requestId));
    }

    boolean pause(WriteTx tx, String code, String reason, String actor, String requestId) throws SQLException {
        if (!PauseRows.insert(tx, code, reason, actor, now())) {
            return false;
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("request_id", requestId);
        detail.put("code", code);
        detail.put("why", reason);
        append(tx, SendEvents.PAUSED, actor, "sends", detail);
        return true;
    }

    void append(WriteTx tx, AuditEventType type, String actor, String subject, Map<String, ?> detail)
            throws SQLException {
        store.audited().audit().append(tx, type.event(actor, TENANT, subject, null, detail));
    }
}
