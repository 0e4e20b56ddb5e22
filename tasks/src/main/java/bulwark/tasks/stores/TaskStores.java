package bulwark.tasks.stores;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.schedule.ScheduleStore;

/** One place that keeps tasks. Its broker writes statuses into its own results, in the same step. Thread-safe. */
public interface TaskStores extends AutoCloseable {
    /** What a place holds. */
    record Parts(
            Broker broker,
            ResultBackend results,
            ScheduleStore schedules,
            LockStore locks,
            RevocationStore revocations,
            RateLimiter rates) {}

    /** The same ones at each call. */
    Parts parts();

    default Broker broker() {
        return parts().broker();
    }

    default ResultBackend results() {
        return parts().results();
    }

    default ScheduleStore schedules() {
        return parts().schedules();
    }

    default LockStore locks() {
        return parts().locks();
    }

    default RevocationStore revocations() {
        return parts().revocations();
    }

    default RateLimiter rates() {
        return parts().rates();
    }

    @Override
    void close();
}
