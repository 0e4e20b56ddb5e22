package bulwark.tasks.memory;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.stores.TaskStores;
import bulwark.tasks.stores.Wakeups;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;

/** Everything in memory, shared by all who hold this object. Thread-safe. */
public final class MemoryStores implements TaskStores {
    private final Wakeups wakeups = new Wakeups();
    private final MemoryBroker broker;
    private final MemoryResults results;
    private final MemorySchedules schedules = new MemorySchedules();
    private final MemoryLocks locks;
    private final MemoryRevocations revocations = new MemoryRevocations();
    private final MemoryRates rates;

    public MemoryStores(Clock clock) {
        // One lock for entries and statuses, since a settlement changes both.
        ReentrantLock lock = new ReentrantLock();
        results = new MemoryResults(clock, lock, wakeups);
        broker = new MemoryBroker(clock, lock, wakeups, results);
        locks = new MemoryLocks(clock);
        rates = new MemoryRates(clock);
    }

    @Override
    public Broker broker() {
        return broker;
    }

    @Override
    public ResultBackend results() {
        return results;
    }

    @Override
    public ScheduleStore schedules() {
        return schedules;
    }

    @Override
    public LockStore locks() {
        return locks;
    }

    @Override
    public RevocationStore revocations() {
        return revocations;
    }

    @Override
    public RateLimiter rates() {
        return rates;
    }

    /** Wakes those who wait; nothing is kept. */
    @Override
    public void close() {
        wakeups.close();
    }
}
