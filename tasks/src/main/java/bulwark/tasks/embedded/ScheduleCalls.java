package bulwark.tasks.embedded;

import java.util.List;
import java.util.Optional;

/** What is asked of the holder of the store about schedules. */
interface ScheduleCalls {
    List<Row.Schedule> list();

    Optional<Row.Schedule> get(String id);

    /** @return the version that was stored before, which is the given one exactly when this one was stored as version + 1 */
    long put(Row.Schedule schedule);

    List<Row.Schedule> due(long nowMicros, int limit);

    void remove(String id);

    void record(String id, Row.Fired fired);

    List<Row.Fired> history(String id, int limit);

    Optional<Long> nextDue();
}
