package bulwark.tasks.beat;

import bulwark.kernel.concurrent.Backoff;
import bulwark.tasks.schedule.ScheduleEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** How long to leave schedules alone that could not be published: 1 s, then twice as long each time, up to a minute. Not thread-safe. */
final class FailureBackoff {
    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final Map<String, Failed> failures = new HashMap<>();

    boolean waits(ScheduleEntry entry, Instant now) {
        Failed failed = failures.get(entry.id());
        // A clock that was set back must not make it wait longer than it was meant to.
        return failed != null && now.isBefore(failed.until) && !now.isBefore(failed.at);
    }

    /** @return true for the first failure in a row with this message */
    boolean failed(ScheduleEntry entry, String message, Instant now) {
        Failed before = failures.get(entry.id());
        int times = before == null ? 1 : before.times + 1;
        failures.put(entry.id(), new Failed(times, now, now.plus(PAUSES.pause(times)), message));
        return before == null || !before.message.equals(message);
    }

    void succeeded(ScheduleEntry entry) {
        failures.remove(entry.id());
    }

    /** Forgets all others: they were mended, moved or removed. */
    void retainAll(Set<String> ids) {
        failures.keySet().retainAll(ids);
    }

    private record Failed(int times, Instant at, Instant until, String message) {}
}
