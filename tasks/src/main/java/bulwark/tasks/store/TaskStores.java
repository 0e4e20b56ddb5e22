package bulwark.tasks.store;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.schedule.ScheduleStore;

/** One task store. Its broker writes statuses into its own results, in the same step. Thread-safe. */
public interface TaskStores extends AutoCloseable {
    /** The stores of one backend. */
    record StoreSet(
            Broker broker,
            ResultBackend results,
            ScheduleStore schedules,
            LockStore locks,
            RevocationStore revocations,
            RateLimiter rates) {}

    /** The same ones at each call. */
    StoreSet storeSet();

    default Broker broker() {
        return storeSet().broker();
    }

    default ResultBackend results() {
        return storeSet().results();
    }

    default ScheduleStore schedules() {
        return storeSet().schedules();
    }

    default LockStore locks() {
        return storeSet().locks();
    }

    default RevocationStore revocations() {
        return storeSet().revocations();
    }

    default RateLimiter rates() {
        return storeSet().rates();
    }

    @Override
    void close();
}
