package bulwark.tasks.stores;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.schedule.ScheduleStore;

/** One place that keeps tasks. Its broker writes statuses into its own results, in the same step. Thread-safe. */
public interface TaskStores extends AutoCloseable {
    Broker broker();

    ResultBackend results();

    ScheduleStore schedules();

    LockStore locks();

    RevocationStore revocations();

    RateLimiter rates();

    @Override
    void close();
}
