package bulwark.tasks.embedded;

import java.util.List;
import java.util.Optional;

/** What is asked of the store's owner about schedules. */
interface ScheduleApi {
    List<StoreRpc.Schedule> list();

    Optional<StoreRpc.Schedule> get(String id);

    /** @return the version that was stored before, which is the given one exactly when this one was stored as version + 1 */
    long put(StoreRpc.Schedule schedule);

    List<StoreRpc.Schedule> due(long nowMicros, int limit);

    void remove(String id);

    void record(String id, StoreRpc.FireRecord fired);

    List<StoreRpc.FireRecord> history(String id, int limit);

    Optional<Long> nextDue();
}
