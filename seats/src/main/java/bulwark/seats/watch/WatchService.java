package bulwark.seats.watch;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Leadership;
import bulwark.seats.approval.WatcherProposal;
import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.store.SeatStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watchers of one process. Of several processes on one store one watches at a time; the others wait until it is gone. Thread-safe. */
public final class WatchService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchService.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IMMEDIATELY = Duration.ofMillis(50);
    private static final String ROLE = "seats.watch";

    private final Leadership leadership;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<EssentialThread> threads;

    /**
     * What is watched and how often. Immutable.
     *
     * @param firstBlock that the gate stood in, or an earlier one
     * @param depositor whom intents must be for
     * @param forkVersion of the genesis of the consensus layer, 0x and 8 digits
     */
    public record Targets(
            List<ExecutionNode> execution,
            List<BeaconNode> consensus,
            EvmAddress gate,
            EvmAddress depositor,
            long firstBlock,
            String forkVersion) {}

    private WatchService(
            Leadership leadership,
            ExecutionWatcher execution,
            ConsensusWatcher consensus,
            SettlementWatcher settlements,
            Duration[] intervals) {
        this.leadership = leadership;
        threads = List.of(
                EssentialThread.virtual("watcher of the execution layer", () -> loop(execution::pass, intervals[0])),
                EssentialThread.virtual(
                        "watcher of the consensus layer",
                        () -> loop(
                                () -> {
                                    consensus.pass();
                                    return false;
                                },
                                intervals[1])),
                EssentialThread.virtual(
                        "watcher of settlements",
                        () -> loop(
                                () -> {
                                    settlements.pass();
                                    return false;
                                },
                                intervals[1])));
    }

    /**
     * @param chain whose vaults are looked at
     * @param proposals null where nothing is settled without a person
     * @param executionInterval between looks at the execution layer, consensusInterval likewise
     */
    public static WatchService start(
            SeatStore store,
            Targets targets,
            ChainAccess chain,
            @Nullable WatcherProposal proposals,
            Duration executionInterval,
            Duration consensusInterval,
            Clock clock) {
        WatchService service = new WatchService(
                store.audited().store().leadership(ROLE),
                executionWatcher(store, targets, clock),
                consensusWatcher(store, targets, clock),
                new SettlementWatcher(store, chain, proposals, clock),
                new Duration[] {executionInterval, consensusInterval});
        service.threads.forEach(EssentialThread::start);
        LOG.info(
                "the watcher looks at the execution layer every {} s and at the consensus layer every {} s, while no other process does",
                executionInterval.toSeconds(),
                consensusInterval.toSeconds());
        return service;
    }

    static ExecutionWatcher executionWatcher(SeatStore store, Targets targets, Clock clock) {
        ExecutionScan scan = new ExecutionScan(targets.execution(), targets.gate(), targets.firstBlock());
        return new ExecutionWatcher(store, scan, targets.depositor(), clock);
    }

    static ConsensusWatcher consensusWatcher(SeatStore store, Targets targets, Clock clock) {
        return new ConsensusWatcher(store, targets.consensus(), targets.forkVersion(), clock);
    }

    /** Whether this process is the one that watches. */
    public boolean leads() {
        return leadership.isHeld();
    }

    /** @param pass says whether there is more to do at once */
    private void loop(BooleanSupplier pass, Duration interval) {
        boolean stop = false;
        while (!stop) {
            boolean more = leadership.isHeld() && pass.getAsBoolean();
            try {
                stop = stopping.await((more ? IMMEDIATELY : interval).toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Ends the look that is under way, and lets another process watch. */
    @Override
    public void close() {
        stopping.countDown();
        threads.forEach(each -> each.awaitEnd(STOP_TIMEOUT));
        leadership.close();
    }
}
