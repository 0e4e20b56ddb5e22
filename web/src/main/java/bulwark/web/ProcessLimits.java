package bulwark.web;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the process has in its hands, bounded so that a flood is refused instead of filling the heap. Thread-safe. */
final class ProcessLimits {
    static final int MAX_WORKING = 2_000;

    /** Callers who are not known get this part of the memory, so that they cannot use up what known ones need. */
    private static final int OPEN_PART = 16;

    private final MemoryBudget memory = MemoryBudget.ofHeap(Runtime.getRuntime().maxMemory());
    private final MemoryBudget openMemory = new MemoryBudget(memory.total() / OPEN_PART);
    private final OpenConnections connections;
    private final HandshakeLimit handshakes = new HandshakeLimit(HandshakeLimit.MAX, HandshakeLimit.MAX_OF_SOURCE);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private volatile boolean draining;

    ProcessLimits(int maxConnections) {
        this.connections = new OpenConnections(maxConnections);
    }

    OpenConnections connections() {
        return connections;
    }

    HandshakeLimit handshakes() {
        return handshakes;
    }

    /** A request that needs a virtual thread; null when too many have one. */
    @Nullable
    Work startWork() {
        if (working.incrementAndGet() <= MAX_WORKING) {
            return new Work(working);
        }
        working.decrementAndGet();
        return null;
    }

    /** What one request does on a virtual thread; to be closed when it is done, or only waits for its reader. For that thread alone. */
    static final class Work implements AutoCloseable {
        private final AtomicInteger working;
        private boolean ended;

        private Work(AtomicInteger working) {
            this.working = working;
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                working.decrementAndGet();
            }
        }
    }

    /** For requests of known callers. */
    MemoryBudget memory() {
        return memory;
    }

    /** For requests on open routes. */
    MemoryBudget openMemory() {
        return openMemory;
    }

    void requestOpened() {
        open.incrementAndGet();
    }

    /** Ends with the first request. */
    CompletableFuture<Void> answered() {
        return answered;
    }

    void requestClosed() {
        answered.complete(null);
        if (open.decrementAndGet() == 0 && draining) {
            drained.countDown();
        }
    }

    boolean draining() {
        return draining;
    }

    /** From now on requests are refused. @return true when the open ones ended in time */
    boolean drain(long nanos) throws InterruptedException {
        draining = true;
        if (open.get() == 0) {
            drained.countDown();
        }
        return drained.await(nanos, TimeUnit.NANOSECONDS);
    }
}
