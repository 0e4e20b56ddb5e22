package bulwark.tasks.client;

import bulwark.kernel.concurrent.Futures;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Publication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One batch on its way and one being written down while the caller makes the next; in order. One caller. */
final class BatchPublisher implements AutoCloseable {
    private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final Broker broker;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bulk enqueue").factory());
    private CompletableFuture<Void> earlier = NOTHING;
    private CompletableFuture<Void> last = NOTHING;

    BatchPublisher(Broker broker) {
        this.broker = broker;
    }

    /** Throws what went wrong with a batch before. */
    void send(List<Publication> batch) {
        Futures.join(earlier);
        earlier = last;
        last = CompletableFuture.supplyAsync(() -> broker.publication(batch), threads)
                .thenCombineAsync(earlier, BatchPublisher::run, threads);
    }

    private static Void run(Runnable publication, Void earlier) {
        publication.run();
        return earlier;
    }

    /** Waits for what travels and throws what went wrong with it. */
    void finish() {
        Futures.join(last);
    }

    @Override
    public void close() {
        threads.close();
    }
}
