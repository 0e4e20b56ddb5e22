package bulwark.tasks.worker;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Starts and ends of runs on their way to the broker, in batches. Thread-safe. */
final class Ledger {
    /** What became of a settlement. */
    enum Settled {
        WRITTEN,
        /** Another holder has the entry: nothing was written. */
        LOST,
        /** The broker was away meanwhile: this, or a try before it, was written, or another holder has the entry. */
        UNKNOWN
    }

    private final Broker broker;
    private final Batcher<Start, Start.Verdict> starts;
    private final Batcher<Settlement, Settled> ends;

    Ledger(Broker broker, Runnable answered) {
        this.broker = broker;
        this.starts = new Batcher<>("stem-begin", (batch, repeated) -> broker.begin(batch), answered);
        this.ends = new Batcher<>("stem-settle", this::settle, answered);
    }

    private List<Settled> settle(List<Settlement> batch, boolean repeated) {
        List<Settled> all = new ArrayList<>(batch.size());
        for (boolean written : broker.settle(batch)) {
            all.add(written ? Settled.WRITTEN : repeated ? Settled.UNKNOWN : Settled.LOST);
        }
        return all;
    }

    /** Sentences about its threads; empty when they are well. */
    List<String> problems() {
        return Stream.of(starts.problem(), ends.problem())
                .filter(Objects::nonNull)
                .toList();
    }

    void start() {
        starts.start();
        ends.start();
    }

    CompletableFuture<Start.Verdict> begin(Start start) {
        return starts.submit(start);
    }

    CompletableFuture<Settled> settle(Settlement settlement) {
        return ends.submit(settlement);
    }

    /** Lets what came up travel, for at most so long. */
    void stop(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        starts.stop();
        ends.stop();
        starts.join(millis);
        ends.join((end - System.nanoTime()) / 1_000_000);
        starts.giveUp();
        ends.giveUp();
        starts.join(1_000);
        ends.join(1_000);
    }
}
