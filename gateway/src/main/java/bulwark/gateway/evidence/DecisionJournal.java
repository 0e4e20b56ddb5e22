package bulwark.gateway.evidence;

import bulwark.gateway.call.CallEndListener;
import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.ConnectionHooks;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Records every call. A call that is let through has its room in the journal before it is forwarded, and its record when it ends; a call of a known caller that is refused is answered once its
 * record is durable. When nothing can be recorded, calls are answered 503. Thread-safe.
 */
public final class DecisionJournal implements AutoCloseable {
    private static final String EVENTS = "stoa_audit_events";
    private static final String WITHOUT_RECORD = "stoa_calls_without_record";
    private static final String UNRECORDED_ENDS = "stoa_websocket_ends_without_record";
    private static final String SUPPRESSED = "stoa_refusals_without_record";
    private static final String PREFLIGHTS = "stoa_preflights_without_record";

    /** Everything that this counts. */
    public static final List<MetricDescription> METRICS = List.of(
            MetricDescription.counter(EVENTS, "decision records handed to the journal", "outcome"),
            MetricDescription.counter(WITHOUT_RECORD, "calls let through without a record, as their routes allow"),
            MetricDescription.counter(
                    UNRECORDED_ENDS, "WebSockets whose opening is recorded and whose end could not be"),
            MetricDescription.counter(SUPPRESSED, "refusals that a minute's count stands for"),
            MetricDescription.counter(PREFLIGHTS, "answered preflights that a minute's count stands for"));

    private static final int FLUSH_SECONDS = 5;

    private final Journal journal;
    private final Metrics metrics;
    private final Clock clock;
    private final Counter allowed;
    private final Counter refused;
    private final RefusalBudget budget = new RefusalBudget();
    /** Anybody may ask beforehand, and no quota stands before the answer. */
    private final RefusalBudget preflights = new RefusalBudget();

    /** For calls that wait for a disk; what runs in it takes no time. */
    private static final Executor PAUSE = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread flusher = EssentialThread.platform("refusal-counts", this::flushAtIntervals);

    public DecisionJournal(Journal journal, Metrics metrics, Clock clock) {
        this.journal = journal;
        this.metrics = metrics;
        this.clock = clock;
        this.allowed = metrics.counter(EVENTS, "outcome", "allow");
        this.refused = metrics.counter(EVENTS, "outcome", "refuse");
        flusher.start();
    }

    /** The same pipeline with its refusals recorded, room for a record asked for last, and a record at the end of each call. */
    public CallPipeline in(CallPipeline pipeline) {
        List<CallEndListener> ended = new ArrayList<>(pipeline.ended());
        ended.add(this::ended);
        return new CallPipeline(
                pipeline.arrival(),
                recorded(pipeline.identity()),
                recorded(pipeline.quota()),
                recorded(pipeline.permission()),
                recorded(pipeline.policies()),
                this::reserve,
                ended,
                new ConnectionHooks(pipeline.hooks().recheck(), this::opened, this::lasting, this::unread));
    }

    /** The last stage: room for the record of a call that everything else let through. */
    private StageResult reserve(GatewayCall call) {
        if (isAnsweredPreflight(call) && !preflights.tryTake(preflight(call), clock.millis())) {
            call.evidence(GatewayCall.Evidence.NONE);
            return StageResult.PASS;
        }
        if (journal.reserve()) {
            call.evidence(GatewayCall.Evidence.RESERVED);
            return StageResult.PASS;
        }
        ApiRoute route = call.route();
        if (route != null && route.evidence() == ApiRoute.EvidenceMode.BEST_EFFORT) {
            metrics.count(WITHOUT_RECORD);
            call.evidence(GatewayCall.Evidence.NONE);
            return StageResult.PASS;
        }
        return journal.hesitates() ? afterPause(StageResult.Again::new) : unavailable(call);
    }

    /** A disk that is busy for a moment makes calls late, and refuses none. */
    private static StageResult afterPause(Supplier<StageResult> next) {
        return new StageResult.Later(CompletableFuture.supplyAsync(next, PAUSE));
    }

    /** Answered on arrival; what is forwarded has passed the quotas. */
    private static boolean isAnsweredPreflight(GatewayCall call) {
        return call.principal() == null
                && call.localAnswer() != null
                && call.head().method().equals("OPTIONS");
    }

    private static RefusalBudget.Key preflight(GatewayCall call) {
        return new RefusalBudget.Key("", network(call.peer()), SuppressedRecord.PREFLIGHT);
    }

    private static StageResult unavailable(GatewayCall call) {
        call.decidedBy("evidence");
        return new StageResult.Refuse(new GatewayRefusal.Unavailable(
                "evidence_unavailable",
                "This call cannot be recorded at present, and calls that leave no record are not made. Try again later.",
                1));
    }

    private RequestStage recorded(RequestStage stage) {
        return call -> recorded(call, stage.decide(call));
    }

    private StageResult recorded(GatewayCall call, StageResult result) {
        return switch (result) {
            case StageResult.Pass pass -> pass;
            case StageResult.Again again -> again;
            case StageResult.Refuse refuse -> durable(call, refuse);
            case StageResult.Later later ->
                new StageResult.Later(later.result().thenApply(late -> recorded(call, late)));
        };
    }

    /** A refusal of a known caller is answered when its record is synced; of others nobody waits for the disk. */
    private StageResult durable(GatewayCall call, StageResult.Refuse refuse) {
        if (call.principal() == null) {
            return refuse;
        }
        if (!budget.tryTake(key(call, refuse.refusal()), clock.millis())) {
            call.evidence(GatewayCall.Evidence.NONE);
            return refuse;
        }
        call.evidence(GatewayCall.Evidence.RECORDED);
        refused.increment();
        return synced(call, refuse, DecisionRecord.refused(call, refuse.refusal(), clock.millis()));
    }

    private StageResult synced(GatewayCall call, StageResult.Refuse refuse, DecisionRecord record) {
        CompletableFuture<StageResult> synced = new CompletableFuture<>();
        boolean taken =
                journal.append(record, problem -> synced.complete(problem == null ? refuse : unavailable(call)));
        if (taken) {
            return new StageResult.Later(synced);
        }
        return journal.hesitates() ? afterPause(() -> synced(call, refuse, record)) : unavailable(call);
    }

    /** A call that may stay open for days has a record when it opens, so that it is not hidden meanwhile and its room serves others; another one says how it ended. */
    private void opened(GatewayCall call) {
        if (call.evidence() == GatewayCall.Evidence.RESERVED) {
            journal.appendReserved(DecisionRecord.opened(call, clock.millis()));
            call.evidence(GatewayCall.Evidence.OPENED);
            allowed.increment();
        }
    }

    /** A kill leaves no record of a call's end: of one that lasts it leaves this. */
    private void lasting(GatewayCall call) {
        if (call.evidence() == GatewayCall.Evidence.RESERVED) {
            journal.append(DecisionRecord.underWay(call, clock.millis()));
        }
    }

    private void unread(UnreadHead head) {
        RefusalBudget.Key key =
                new RefusalBudget.Key("", network(head.peer()), head.refusal().code());
        if (budget.tryTake(key, clock.millis()) && journal.append(DecisionRecord.unread(head, clock.millis()))) {
            refused.increment();
        }
    }

    private void ended(GatewayCall call) {
        CallOutcome outcome = call.outcome();
        if (outcome == null) {
            return;
        }
        switch (call.evidence()) {
            case RESERVED -> {
                journal.appendReserved(DecisionRecord.ended(call, outcome, clock.millis()));
                (outcome.refusal() == null ? allowed : refused).increment();
            }
            case OPENED -> {
                if (!journal.append(DecisionRecord.closed(call, outcome, clock.millis()))) {
                    metrics.count(UNRECORDED_ENDS);
                }
            }
            case RECORDED, NONE -> {}
            case UNDECIDED -> refusedEarly(call, outcome);
        }
    }

    /** Refused before anybody was known, or by something that is no stage. */
    private void refusedEarly(GatewayCall call, CallOutcome outcome) {
        GatewayRefusal refusal = outcome.refusal();
        if (refusal == null || !budget.tryTake(key(call, refusal), clock.millis())) {
            return;
        }
        if (journal.append(DecisionRecord.ended(call, outcome, clock.millis()))) {
            refused.increment();
        }
    }

    private static RefusalBudget.Key key(GatewayCall call, GatewayRefusal refusal) {
        Principal principal = call.principal();
        return principal == null
                ? new RefusalBudget.Key("", network(call.peer()), refusal.code())
                : new RefusalBudget.Key(principal.tenant(), principal.entityUri(), refusal.code());
    }

    /** The address, or of IPv6 its network of 64 bits in hex: that is what one subscriber has. */
    private static String network(CallPeer peer) {
        return FirstSightGate.source(peer.address().getAddress());
    }

    private void flushAtIntervals() {
        try {
            while (!stop.await(FLUSH_SECONDS, TimeUnit.SECONDS)) {
                flush(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void flush(boolean unfinished) {
        flush(budget, SUPPRESSED, unfinished);
        flush(preflights, PREFLIGHTS, unfinished);
    }

    private void flush(RefusalBudget of, String metric, boolean unfinished) {
        RefusalBudget.Suppressed suppressed = of.drain(clock.millis(), unfinished);
        suppressed.counts().forEach((key, count) -> {
            journal.append(new SuppressedRecord(clock.millis(), suppressed.minute(), key, count, of == preflights));
            metrics.counter(metric).increment(count);
        });
    }

    /** Hands the last counts over. Close it before the journal. */
    @Override
    public void close() {
        stop.countDown();
        flusher.awaitEnd(Duration.ofSeconds(5));
        flush(false);
        flush(true);
    }
}
