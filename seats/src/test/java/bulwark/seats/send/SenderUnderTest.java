package bulwark.seats.send;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.SeatMetrics;
import bulwark.seats.chain.CanonicalChain;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.JsonRpcClient;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.evidence.BundleWriter;
import bulwark.seats.evidence.EvidenceVerifier;
import bulwark.seats.plan.Plan;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.store.SeatStore;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A sender over a store of its own, composed as a service does it. */
final class SenderUnderTest implements AutoCloseable {
    private static final TransactionSender.FeeLimits LIMITS =
            new TransactionSender.FeeLimits(new BigInteger("90000000000"), new BigInteger("1000000000"));

    final Path folder;
    final SeatStore store;
    /** Of the sender alone. */
    final SettableClock clock = new SettableClock(Instant.now());

    final Metrics figures = new Metrics(SeatMetrics.ALL);
    private final SendMetrics metrics = new SendMetrics(figures);
    private final List<JsonRpcClient> clients = new ArrayList<>();
    private final List<TransactionEndpoint> labels = new ArrayList<>();
    private final CanonicalChain canonical;
    private final SignerClient signer;
    private Consumer<SendStep> steps;
    /** How far the clocks of the chain are before this machine's. */
    private Duration ahead = Duration.ZERO;

    TransactionSender sender;
    ChainReconciler reconciler;

    SenderUnderTest(
            StoreLocation location,
            Path folder,
            CanonicalChain canonical,
            SignerClient signer,
            Consumer<SendStep> steps,
            URI... nodes) {
        this.folder = folder;
        this.canonical = canonical;
        this.signer = signer;
        this.steps = steps;
        SeatStore.deploy(location, "", Clock.systemUTC());
        store = SeatStore.open(location, "", Clock.systemUTC());
        String[] names = {"one", "two", "three"};
        for (int i = 0; i < nodes.length; i++) {
            JsonRpcClient client = new JsonRpcClient(new RpcEndpoint(names[i], nodes[i]), Duration.ofSeconds(20));
            clients.add(client);
            labels.add(new TransactionEndpoint(new ExecutionNode(client)));
        }
        metrics.register(store);
        compose();
    }

    static SenderUnderTest of(TreasuryUnderTest treasury, Path folder, Consumer<SendStep> steps, URI... nodes) {
        return new SenderUnderTest(
                StoreLocation.file(folder.resolve("seats.db")),
                folder,
                treasury.contracts.canonical(),
                treasury.client(),
                steps,
                nodes);
    }

    /** Forgets all that is not on disk. */
    void compose() {
        BundleWriter evidence = BundleWriter.open(store, folder.resolve("evidence"), Clock.systemUTC());
        List<ExecutionNode> nodes =
                labels.stream().map(TransactionEndpoint::node).toList();
        sender = new TransactionSender(
                new IntentLedger(store, metrics, clock),
                evidence,
                labels,
                signer,
                plan -> new Preflight(canonical, nodes, Clock.offset(Clock.systemUTC(), ahead)).run(),
                LIMITS,
                step -> steps.accept(step));
        reconciler = new ChainReconciler(sender, canonical.chainId(), canonical.treasury());
    }

    /** For a chain whose time a test turned on. */
    void chainIsAhead(Duration time) {
        ahead = time;
    }

    void onStep(Consumer<SendStep> listener) {
        steps = listener;
    }

    Operation submit(TreasuryUnderTest treasury, Plan plan) {
        return sender.submit(plan, treasury.approvals(plan), "user:root", "request-1");
    }

    /** Passes until the plan has a result. @throws AssertionError when it has none after many */
    Operation settle(Plan plan) {
        for (int i = 0; i < 50; i++) {
            Operation operation = operation(plan);
            switch (operation.status()) {
                case CONFIRMED, FAILED, CANCELLED -> {
                    return operation;
                }
                default -> reconciler.run();
            }
        }
        throw new AssertionError("no result: " + operation(plan) + " " + intents(plan));
    }

    Operation operation(Plan plan) {
        return store.read(tx -> OperationRows.byPlan(tx, plan.digest())).orElseThrow();
    }

    List<TransactionIntent> intents(Plan plan) {
        String operation = operation(plan).id();
        return store.read(tx -> IntentRows.ofOperation(tx, operation));
    }

    List<PauseRows.Pause> pauses() {
        return store.read(PauseRows::all);
    }

    List<String> evidenceProblems() {
        return new EvidenceVerifier(
                        folder.resolve("evidence"),
                        store.audited().heads().storeId(),
                        store.audited().heads().keys())
                .problems(store.audited().store(), SeatStore.AUDIT_TABLE);
    }

    @Override
    public void close() {
        clients.forEach(JsonRpcClient::close);
        store.close();
    }
}
