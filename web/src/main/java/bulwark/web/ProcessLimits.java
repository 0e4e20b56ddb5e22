package bulwark.web;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** A request that needs a virtual thread; false when too many have one. */
    boolean startWork() {
        if (working.incrementAndGet() <= MAX_WORKING) {
            return true;
        }
        working.decrementAndGet();
        return false;
    }

    void endWork() {
        working.decrementAndGet();
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
