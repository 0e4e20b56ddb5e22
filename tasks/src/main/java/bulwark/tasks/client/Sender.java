package bulwark.tasks.client;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Outgoing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;

/** One batch on its way while the caller makes the next; in order. One caller. */
final class Sender implements AutoCloseable {
    private final Broker broker;
    private final java.util.concurrent.ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("bulk enqueue").factory());
    private CompletableFuture<Void> travelling = CompletableFuture.completedFuture(null);

    Sender(Broker broker) {
        this.broker = broker;
    }

    void send(List<Outgoing> batch) {
        Runnable publication = broker.publication(batch);
        finish();
        if (!batch.isEmpty()) {
            travelling = CompletableFuture.runAsync(publication, thread);
        }
    }

    /** Waits for what travels and throws what went wrong with it. */
    void finish() {
        try {
            travelling.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
