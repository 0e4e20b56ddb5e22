package bulwark.tasks.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store with something of its own before another. */
public interface DelegatingSchedules extends ScheduleStore {
    ScheduleStore store();

    @Override
    default List<ScheduleEntry> list() {
        return store().list();
    }

    @Override
    default Optional<ScheduleEntry> get(String id) {
        return store().get(id);
    }

    @Override
    default ScheduleEntry put(ScheduleEntry entry) {
        return store().put(entry);
    }

    @Override
    default List<ScheduleEntry> due(Instant now, int limit) {
        return store().due(now, limit);
    }

    @Override
    default void remove(String id) {
        store().remove(id);
    }

    @Override
    default void record(String id, Fired fired) {
        store().record(id, fired);
    }

    @Override
    default List<Fired> history(String id, int limit) {
        return store().history(id, limit);
    }

    @Override
    default Optional<Instant> nextDue() {
        return store().nextDue();
    }
}
