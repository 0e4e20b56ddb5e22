package bulwark.tasks.store;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Wakes those within this process who wait for something to happen under a name, such as a queue's. Thread-safe. */
public final class WaiterRegistry {
    private final ConcurrentHashMap<String, Set<Waiter>> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Register first, look second, wait third: then nothing is missed. */
    public Waiter register(Collection<String> names) {
        Waiter waiter = new Waiter(List.copyOf(names));
        for (String name : waiter.names) {
            waiting.compute(name, (ignored, waiters) -> {
                Set<Waiter> all = waiters == null ? ConcurrentHashMap.newKeySet() : waiters;
                all.add(waiter);
                return all;
            });
        }
        return waiter;
    }

    public void wake(String name) {
        Set<Waiter> waiters = waiting.get(name);
        if (waiters != null) {
            waiters.forEach(waiter -> waiter.permits.release());
        }
    }

    /** Everybody, now and for ever. */
    public void close() {
        closed.set(true);
        waiting.values().forEach(waiters -> waiters.forEach(waiter -> waiter.permits.release()));
    }

    public boolean closed() {
        return closed.get();
    }

    /** One party that waits. Belongs to one thread. */
    public final class Waiter implements AutoCloseable {
        private final List<String> names;
        private final Semaphore permits = new Semaphore(0);

        private Waiter(List<String> names) {
            this.names = names;
        }

        /** @return true when woken, false when the time is over */
        public boolean await(long millis) throws InterruptedException {
            boolean woken = permits.tryAcquire(Math.max(0, millis), TimeUnit.MILLISECONDS);
            permits.drainPermits();
            return woken;
        }

        @Override
        public void close() {
            for (String name : names) {
                waiting.computeIfPresent(name, (ignored, waiters) -> {
                    waiters.remove(this);
                    return waiters.isEmpty() ? null : waiters;
                });
            }
        }
    }
}
