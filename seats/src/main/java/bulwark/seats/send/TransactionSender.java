package bulwark.seats.send;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.approval.Approval;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.chain.TransactionEndpoint.Answer;
import bulwark.seats.chain.TransactionEndpoint.Reception;
import bulwark.seats.contract.HexText;
import bulwark.seats.evidence.BundleWriter;
import bulwark.seats.evidence.EvidenceRefused;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.send.TransactionIntent.Account;
import bulwark.seats.send.TransactionIntent.Fees;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SigningRefused;
import java.math.BigInteger;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Sends approved plans, each once: its nonce is a row before it is signed, its bytes are a row and its evidence a file before they leave, and from then on the same bytes are sent again until a block
 * holds them. A process may end at any point; the next pass of {@link ChainReconciler} goes on from the rows. Thread-safe; calls block.
 */
public final class TransactionSender {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionSender.class);
    /** The signer knows of a transaction that this store does not. */
    private static final Set<String> SIGNER_KNOWS_MORE =
            Set.of("NONCE_ALREADY_SIGNED", "PLAN_ALREADY_SIGNED", "DEPOSIT_ALREADY_SIGNED");

    private final IntentLedger ledger;
    private final BundleWriter evidence;
    private final List<TransactionEndpoint> labels;
    private final SignerClient signer;
    private final Precheck precheck;
    private final FeeQuote quote;
    private final Consumer<SendStep> steps;
    private final Clock clock;
    private final ReentrantLock advancing = new ReentrantLock();

    /** Looks at the chain before something is signed, and again before bytes that a kill left are sent. */
    @FunctionalInterface
    public interface Precheck {
        Preflight.Report check(Plan plan);
    }

    /** Ceiling and tip of the service, wei for each unit of gas. */
    public record FeeLimits(BigInteger maxFee, BigInteger tip) {}

    /** @param labels that are sent to; at least one @param steps is told each point that was passed */
    TransactionSender(
            IntentLedger ledger,
            BundleWriter evidence,
            List<TransactionEndpoint> labels,
            SignerClient signer,
            Precheck precheck,
            FeeLimits limits,
            Consumer<SendStep> steps) {
        this.ledger = ledger;
        this.clock = ledger.clock();
        this.evidence = evidence;
        this.labels = List.copyOf(labels);
        this.signer = signer;
        this.precheck = precheck;
        this.quote = new FeeQuote(this.labels, limits.maxFee(), limits.tip());
        this.steps = steps;
    }

    IntentLedger ledger() {
        return ledger;
    }

    List<TransactionEndpoint> labels() {
        return labels;
    }

    BundleWriter evidence() {
        return evidence;
    }

    SignerClient signer() {
        return signer;
    }

    void passed(SendStep step) {
        steps.accept(step);
    }

    /**
     * Sends a plan, or says what became of it: the same plan is never sent twice. Returns after the first broadcast; a block comes later.
     *
     * @throws SendRefused when it is not sent; nothing was signed then, or the operation says what is to be done
     */
    public Operation submit(Plan plan, List<Approval> approvals, String actor, String requestId) {
        IntentLedger.Order order = new IntentLedger.Order(plan, approvals, actor, requestId);
        try {
            Optional<Operation> known = operation(plan);
            if (known.isPresent() && isBegun(known.get())) {
                return known.get();
            }
            ledger.store().read(tx -> {
                ledger.requireRunning(tx);
                return 0;
            });
            Preflight.Report report = checked(plan);
            long floor = chainNonce(Account.of(plan));
            Fees fees = quote.replacing(
                    plan, ledger.toReplace(plan).map(TransactionIntent::fees).orElse(null));
            TransactionIntent intent = ledger.reserve(order, fees, floor);
            passed(SendStep.RESERVED);
            advance(intent, report);
            return operation(plan).orElseThrow();
        } catch (SendRefused refused) {
            record(order, refused);
            throw refused;
        }
    }

    private static boolean isBegun(Operation operation) {
        return operation.status() != Operation.Status.QUEUED && operation.status() != Operation.Status.FAILED;
    }

    private Optional<Operation> operation(Plan plan) {
        return ledger.store().read(tx -> OperationRows.byPlan(tx, plan.digest()));
    }

    /** Once for each reason in a row. */
    private void record(IntentLedger.Order order, SendRefused refused) {
        ledger.metrics().refused(refused.code());
        if (operation(order.plan())
                .filter(known -> known.errorCode().equals(refused.code()))
                .isPresent()) {
            return;
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("request_id", order.requestId());
        detail.put("plan", order.plan().digest().text());
        detail.put("code", refused.code());
        detail.put("why", refused.sentence());
        ledger.store().write(tx -> {
            ledger.append(
                    tx,
                    SendEvents.REFUSED,
                    order.actor(),
                    "plan:" + order.plan().digest(),
                    detail);
            return 0;
        });
    }

    private Preflight.Report checked(Plan plan) {
        Preflight.Report report = precheck.check(plan);
        if (!report.ok()) {
            throw new SendRefused("PREFLIGHT_FAILED", String.join("; ", report.problems()) + ".");
        }
        String epoch = report.facts().get("epoch");
        boolean ofEpoch = plan.action() instanceof PlannedAction.Approve
                || plan.action() instanceof PlannedAction.Remove
                || plan.action() instanceof PlannedAction.Deposit;
        if (ofEpoch
                && epoch != null
                && !epoch.equals(plan.preconditions().epoch().toString())) {
            throw new SendRefused(
                    "EPOCH_MOVED",
                    "The plan was made in epoch " + plan.preconditions().epoch()
                            + " of the deposit contract, which is in " + epoch + " now: plan it again.");
        }
        return report;
    }

    /** Of the newest block, the highest that a label tells. @throws SendRefused when one does not answer */
    private long chainNonce(Account account) {
        long nonce = 0;
        for (TransactionEndpoint label : labels) {
            try {
                nonce = Math.max(nonce, label.node().nonce(account.address(), BlockId.LATEST));
            } catch (RpcFailed failed) {
                throw new SendRefused(
                        "CHAIN_UNKNOWN", "Nothing is sent while a label does not answer: " + failed.getMessage() + ".");
            }
        }
        return nonce;
    }

    /** Goes on from where the rows say that it stands. @param report of a moment ago, or null to look again */
    void advance(TransactionIntent from, Preflight.@Nullable Report report) {
        advancing.lock();
        try {
            TransactionIntent intent =
                    ledger.store().read(tx -> IntentRows.byId(tx, from.id())).orElseThrow();
            while (true) {
                if (ledger.isPaused()) {
                    return;
                }
                TransactionIntent next = switch (intent.status()) {
                    case RESERVED -> sign(intent);
                    case SIGNED -> write(intent, report);
                    case RECORDED -> broadcast(intent);
                    default -> intent;
                };
                if (next.status() == intent.status()) {
                    return;
                }
                intent = next;
            }
        } finally {
            advancing.unlock();
        }
    }

    private TransactionIntent sign(TransactionIntent intent) {
        String raw;
        String hash;
        try {
            JsonNode answer = signer.sign(intent.request());
            raw = answer.path("rawTransaction").asString("");
            hash = answer.path("transactionHash").asString("");
        } catch (SigningRefused refused) {
            return refused(intent, refused);
        }
        if (!raw.matches("0x([0-9a-f]{2}){1,16384}")
                || !HexText.of(Keccak256.hash(HexText.bytes(raw))).equals(hash)) {
            ledger.setOperation(
                    intent, Operation.Status.RUNNING, "SIGNER_MALFORMED", "The signer's answer is no transaction.");
            return intent;
        }
        passed(SendStep.ANSWERED);
        TransactionIntent signed = ledger.store().write(tx -> {
            IntentRows.setBytes(tx, intent.id(), raw, hash);
            ledger.move(tx, intent, IntentStatus.SIGNED, "");
            return IntentRows.byId(tx, intent.id()).orElseThrow();
        });
        passed(SendStep.SIGNED);
        return signed;
    }

    /** Where nobody answered, it may have been signed: the same request is repeated. Any other word ends the intent, and its nonce is free. */
    private TransactionIntent refused(TransactionIntent intent, SigningRefused refused) {
        if (refused.code().equals("SIGNER_UNAVAILABLE")) {
            ledger.setOperation(intent, Operation.Status.RUNNING, refused.code(), refused.sentence());
            return intent;
        }
        LOG.warn("The signer refused the transaction with nonce {}: {}", intent.nonce(), refused.sentence());
        return ledger.store().write(tx -> {
            ledger.move(tx, intent, IntentStatus.ABANDONED, refused.code());
            List<TransactionIntent> attempts = IntentRows.ofNonce(tx, intent.account(), intent.nonce());
            for (TransactionIntent each : attempts) {
                if (each.attempt() == intent.attempt() - 1 && each.status().isOpen()) {
                    IntentRows.setLive(tx, each.id(), true);
                }
            }
            ledger.setOperation(tx, intent, Operation.Status.FAILED, refused.code(), refused.sentence());
            if (SIGNER_KNOWS_MORE.contains(refused.code())) {
                ledger.pause(
                        tx,
                        "HISTORY_ROLLED_BACK",
                        "The signer knows of a transaction that this store does not (" + refused.code()
                                + "): run seat-manager send reconcile.",
                        IntentLedger.PROCESS,
                        intent.requestId());
            }
            return IntentRows.byId(tx, intent.id()).orElseThrow();
        });
    }

    /** Without evidence on disk nothing leaves. */
    private TransactionIntent write(TransactionIntent intent, Preflight.@Nullable Report known) {
        if (!clock.instant().isBefore(intent.plan().expiresAt())) {
            ledger.setOperation(
                    intent,
                    Operation.Status.RUNNING,
                    "PLAN_EXPIRED",
                    "The plan expired after it was signed and before it was sent, and nobody expects it any more: plan a"
                            + " cancel of nonce " + intent.nonce() + ".");
            return intent;
        }
        try {
            Preflight.Report report = known == null ? checked(intent.plan()) : known;
            evidence.record(List.of(SendEvidence.action(intent, report, ledger.now())), (tx, hashes) -> {
                IntentRows.setEvidence(tx, intent.id(), hashes.getFirst());
                ledger.move(tx, intent, IntentStatus.RECORDED, "");
            });
        } catch (SendRefused refused) {
            ledger.setOperation(intent, Operation.Status.RUNNING, refused.code(), refused.sentence());
            return intent;
        } catch (EvidenceRefused refused) {
            ledger.setOperation(
                    intent, Operation.Status.RUNNING, "EVIDENCE_FAILED", String.valueOf(refused.getMessage()));
            throw new SendRefused("EVIDENCE_FAILED", String.valueOf(refused.getMessage()));
        }
        passed(SendStep.RECORDED);
        return ledger.store().read(tx -> IntentRows.byId(tx, intent.id())).orElseThrow();
    }

    /** To every label. Only the word of all of them that they will not have it keeps it from counting as sent. */
    private TransactionIntent broadcast(TransactionIntent intent) {
        List<Answer> answers = hand(intent);
        passed(SendStep.BROADCAST);
        boolean refused = answers.stream().allMatch(answer -> answer.reception() == Reception.REFUSED);
        if (refused) {
            ledger.setOperation(
                    intent,
                    Operation.Status.RUNNING,
                    "BROADCAST_REFUSED",
                    answers.getFirst().sentence());
            return intent;
        }
        TransactionIntent sent = ledger.store().write(tx -> {
            if (ledger.move(tx, intent, IntentStatus.SENT, words(answers))) {
                ledger.setOperation(tx, intent, Operation.Status.SUBMITTED, "", "");
            }
            return IntentRows.byId(tx, intent.id()).orElseThrow();
        });
        passed(SendStep.SENT);
        return sent;
    }

    /** The same bytes at each call. */
    List<Answer> hand(TransactionIntent intent) {
        return labels.stream()
                .map(label -> label.broadcast(intent.requireRaw(), intent.requireHash()))
                .toList();
    }

    private static String words(List<Answer> answers) {
        return String.join(
                ", ",
                answers.stream()
                        .map(answer -> answer.label() + " " + answer.reception())
                        .toList());
    }
}
