package bulwark.seats.send;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.evidence.BundleWriter;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SigningRefused;
import bulwark.seats.store.SeatStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Takes approved plans into the caller's transaction and sends them after its commit, one after the other, on a thread of its own that also compares store and chain at every pass. Thread-safe.
 */
public final class PlanDispatcher implements PlanSender, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlanDispatcher.class);
    /** A block of the chain comes about as often. */
    private static final Duration PASS_INTERVAL = Duration.ofSeconds(12);
    /** While a transaction is under way. */
    private static final Duration FOLLOW_INTERVAL = Duration.ofSeconds(2);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final IntentLedger ledger;
    private final PlanQueue queue;
    private final TransactionSender sender;
    private final ChainReconciler reconciler;
    private final SignerClient signer;
    private final SignerGauges signerGauges;
    private final Clock clock;
    private final Semaphore work = new Semaphore(1);
    private final EssentialThread thread;
    private volatile boolean closing;
    private volatile String backend = "unavailable";
    private volatile int gaps;

    private PlanDispatcher(
            SeatStore store,
            ChainAccess chain,
            BundleWriter evidence,
            SignerClient signer,
            TransactionSender.FeeLimits limits,
            SendMetrics metrics,
            Clock clock) {
        List<TransactionEndpoint> labels =
                chain.nodes().stream().map(TransactionEndpoint::new).toList();
        this.signer = signer;
        this.clock = clock;
        ledger = new IntentLedger(store, metrics, clock);
        sender = new TransactionSender(
                ledger, evidence, labels, signer, plan -> chain.preflight(), limits, metrics::passed);
        queue = new PlanQueue(ledger);
        reconciler = new ChainReconciler(
                sender, chain.network().chainId(), chain.network().treasury());
        signerGauges = metrics.signer();
        signerGauges.register(clock);
        metrics.gaps(() -> gaps);
        thread = EssentialThread.virtual("plan-dispatcher", this::loop);
    }

    /**
     * Opens the folder of evidence, and sends nothing yet.
     *
     * @param socket of the signer
     * @param limits of fees, whatever a plan allows
     * @throws bulwark.seats.evidence.EvidenceRefused when no evidence can be written
     */
    public static PlanDispatcher open(
            SeatStore store,
            ChainAccess chain,
            Path evidence,
            Path socket,
            TransactionSender.FeeLimits limits,
            SendMetrics metrics,
            Clock clock) {
        BundleWriter folder = BundleWriter.open(store, evidence, clock);
        return new PlanDispatcher(store, chain, folder, new SignerClient(socket), limits, metrics, clock);
    }

    /** Begins with a comparison of store, signer and chain. */
    public void start() {
        thread.start();
    }

    @Override
    public Optional<Outcome.Refused> refusal() {
        return queue.refusal();
    }

    @Override
    public Outcome accept(WriteTx tx, Handover handover) throws SQLException {
        Outcome outcome = queue.accept(tx, handover);
        if (outcome instanceof Outcome.Accepted) {
            tx.afterCommit(this::wake);
        }
        return outcome;
    }

    @Override
    public Optional<String> operation(ReadTx tx, PlanDigest plan) throws SQLException {
        return queue.operation(tx, plan);
    }

    @Override
    public Optional<String> problem(ReadTx tx, PlanDigest plan) throws SQLException {
        return queue.problem(tx, plan);
    }

    /** For a person who compares a restored store. */
    public ChainReconciler reconciler() {
        return reconciler;
    }

    /** The process of the key. */
    public SignerClient signer() {
        return signer;
    }

    /** Kind of key that the signer had at the last pass; {@code unavailable} when it did not answer. */
    public String signerBackend() {
        return backend;
    }

    private String askBackend() {
        try {
            JsonNode health = signer.health();
            signerGauges.take(health);
            return health.path("backend").asString("none");
        } catch (SigningRefused e) {
            signerGauges.silent();
            return "unavailable";
        }
    }

    private void wake() {
        work.release();
    }

    private void loop() {
        while (!closing) {
            Duration wait = pass() ? FOLLOW_INTERVAL : PASS_INTERVAL;
            try {
                if (work.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What was queued is sent, and what was sent is followed. @return whether something is under way */
    private boolean pass() {
        backend = askBackend();
        ChainReconciler.Pass found = reconciler.run();
        gaps = found.gaps().size();
        if (!found.unknown().isEmpty()) {
            LOG.warn("A label does not answer, and what it says of transactions waits: {}", found.unknown());
        }
        if (!found.gaps().isEmpty()) {
            LOG.warn(
                    "Nothing waits with nonce {}: the next plan takes it.",
                    found.gaps().getFirst());
        }
        List<IntentLedger.Order> queued = ledger.queued();
        for (IntentLedger.Order order : queued) {
            if (closing || ledger.isPaused()) {
                return false;
            }
            ledger.begin(
                    order,
                    clock.instant(),
                    () -> sender.submit(order.plan(), order.approvals(), order.actor(), order.requestId()));
        }
        return !queued.isEmpty() || found.waiting() > 0;
    }

    /** Waits for the step that is under way; the next start goes on from there. */
    @Override
    public void close() {
        closing = true;
        wake();
        thread.awaitEnd(STOP_TIMEOUT);
    }
}
