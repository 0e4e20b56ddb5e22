package bulwark.web;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the process has in its hands, bounded so that a flood is refused instead of filling the heap. Thread-safe. */
final class Load {
    static final int MAX_WORKING = 2_000;

    private final long maxBodyBytes = Runtime.getRuntime().maxMemory() / 4;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private volatile boolean draining;

    /** Counts a connection in; false when the listener's limit is passed. In both cases {@link #disconnected} follows. */
    boolean connected(int limit) {
        return connections.incrementAndGet() <= limit;
    }

    void disconnected() {
        connections.decrementAndGet();
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

    /** Bytes of a body that is being collected; false when the bodies together are too large. Always give back with {@link #release}. */
    boolean reserve(long bytes) {
        return bodyBytes.addAndGet(bytes) <= maxBodyBytes;
    }

    void release(long bytes) {
        bodyBytes.addAndGet(-bytes);
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
