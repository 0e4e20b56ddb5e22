package bulwark.tasks.memory;

import bulwark.tasks.stores.TaskStores;
import bulwark.tasks.stores.Wakeups;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;

/** Everything in memory, shared by all who hold this object. Thread-safe. */
public final class MemoryStores implements TaskStores {
    private final Wakeups wakeups = new Wakeups();
    private final Parts parts;

    public MemoryStores(Clock clock) {
        // One lock for entries and statuses, since a settlement changes both.
        ReentrantLock lock = new ReentrantLock();
        MemoryResults results = new MemoryResults(clock, lock, wakeups);
        parts = new Parts(
                new MemoryBroker(clock, lock, wakeups, results),
                results,
                new MemorySchedules(),
                new MemoryLocks(clock),
                new MemoryRevocations(),
                new MemoryRates(clock));
    }

    @Override
    public Parts parts() {
        return parts;
    }

    /** Wakes those who wait; nothing is kept. */
    @Override
    public void close() {
        wakeups.close();
    }
}
