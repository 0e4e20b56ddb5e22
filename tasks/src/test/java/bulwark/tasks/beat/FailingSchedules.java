package bulwark.tasks.beat;

import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.schedule.DelegatingSchedules;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Cannot be read while it is away. */
record FailingSchedules(ScheduleStore store, AtomicBoolean away) implements DelegatingSchedules {
    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        if (away.get()) {
            throw new BrokerUnavailable("the store does not answer", null);
        }
        return store.due(now, limit);
    }
}
