package bulwark.tasks.execution;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Starts and ends of runs on their way to the broker, in batches. Thread-safe. */
public final class SettlementBatcher {
    /** What became of a settlement. */
    public enum SettlementResult {
        WRITTEN,
        /** Another consumer holds the message: nothing was written. */
        LEASE_LOST,
        /** The broker was away meanwhile: this, or a try before it, was written, or another consumer holds the message. */
        UNKNOWN
    }

    private final Broker broker;
    private final BatchingCaller<RunStart, RunStart.StartDecision> starts;
    private final BatchingCaller<Settlement, SettlementResult> ends;

    public SettlementBatcher(Broker broker, Runnable answered) {
        this.broker = broker;
        this.starts = new BatchingCaller<>("stem-begin", (batch, repeated) -> broker.begin(batch), answered);
        this.ends = new BatchingCaller<>("stem-settle", this::settle, answered);
    }

    private List<SettlementResult> settle(List<Settlement> batch, boolean repeated) {
        List<SettlementResult> all = new ArrayList<>(batch.size());
        for (boolean written : broker.settle(batch)) {
            all.add(
                    written
                            ? SettlementResult.WRITTEN
                            : repeated ? SettlementResult.UNKNOWN : SettlementResult.LEASE_LOST);
        }
        return all;
    }

    /** Sentences about its threads; empty when they are well. */
    public List<String> problems() {
        return Stream.of(starts.problem(), ends.problem())
                .filter(Objects::nonNull)
                .toList();
    }

    public void start() {
        starts.start();
        ends.start();
    }

    CompletableFuture<RunStart.StartDecision> begin(RunStart start) {
        return starts.submit(start);
    }

    CompletableFuture<SettlementResult> settle(Settlement settlement) {
        return ends.submit(settlement);
    }

    /** Lets what came up travel, for at most the given time. */
    public void stop(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        starts.stop();
        ends.stop();
        starts.join(millis);
        ends.join((end - System.nanoTime()) / 1_000_000);
        starts.abort();
        ends.abort();
        starts.join(1_000);
        ends.join(1_000);
    }
}
