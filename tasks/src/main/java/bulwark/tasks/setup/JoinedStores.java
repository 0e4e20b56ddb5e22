package bulwark.tasks.setup;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.stores.TaskStores;
import java.util.List;

/** Stores of several places as one. Locks and rates are the broker's. Closing it closes every place. */
record JoinedStores(
        Broker broker,
        ResultBackend results,
        ScheduleStore schedules,
        LockStore locks,
        RevocationStore revocations,
        RateLimiter rates,
        List<TaskStores> places)
        implements TaskStores {
    @Override
    public void close() {
        places.forEach(TaskStores::close);
    }
}
