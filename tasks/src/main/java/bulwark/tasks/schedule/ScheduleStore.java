package bulwark.tasks.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Schedules and their run state. Whoever stores computes {@code nextRunAt} first. Thread-safe; blocks. */
public interface ScheduleStore {
    /** By next run, those without one last. */
    List<ScheduleEntry> list();

    Optional<ScheduleEntry> get(String id);

    /**
     * Stores the entry as version + 1 when the stored version still is the entry's (0: must be absent).
     *
     * @throws VersionConflict when it is not; nothing is changed
     */
    ScheduleEntry put(ScheduleEntry entry);

    /** Enabled entries whose next run is at or before now and that did not expire, earliest first. */
    List<ScheduleEntry> due(Instant now, int limit);

    /** Also when absent. */
    void remove(String id);

    /** Adds to the history, of which about the newest 1,000 stay. */
    void record(String id, Fired fired);

    /** Newest first. */
    List<Fired> history(String id, int limit);

    /** The soonest next run of an enabled entry. */
    Optional<Instant> nextDue();

    record Fired(
            Instant scheduledAt,
            Instant executedAt,
            boolean success,
            long durationMs,
            @Nullable String error) {}

    final class VersionConflict extends RuntimeException {
        public VersionConflict(String id, long expected, long actual) {
            super("schedule \"" + id + "\" was changed by somebody else (version " + actual + ", not " + expected
                    + ")");
        }
    }
}
