package bulwark.tasks.memory;

import bulwark.tasks.store.TaskStores;
import bulwark.tasks.store.WaiterRegistry;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;

/** Everything in memory, shared by all who hold this object. Thread-safe. */
public final class MemoryStores implements TaskStores {
    private final WaiterRegistry wakeups = new WaiterRegistry();
    private final StoreSet storeSet;

    public MemoryStores(Clock clock) {
        // One lock for entries and statuses, since a settlement changes both.
        ReentrantLock lock = new ReentrantLock();
        MemoryResults results = new MemoryResults(clock, lock, wakeups);
        MemoryLocks locks = new MemoryLocks(clock);
        MemoryRates rates = new MemoryRates(clock, lock);
        storeSet = new StoreSet(
                new MemoryBroker(clock, lock, wakeups, results, rates, locks),
                results,
                new MemorySchedules(),
                locks,
                new MemoryRevocations(),
                rates);
    }

    @Override
    public StoreSet storeSet() {
        return storeSet;
    }

    /** Wakes those who wait; nothing is kept. */
    @Override
    public void close() {
        wakeups.close();
    }
}
