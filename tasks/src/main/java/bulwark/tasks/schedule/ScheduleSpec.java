package bulwark.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a schedule fires. */
public sealed interface ScheduleSpec {
    record Interval(
            Duration every,
            @Nullable Instant startAt,
            @Nullable Instant endAt) implements ScheduleSpec {}

    /** Five fields, or six with seconds first. Day of month and day of week are alternatives when both are given. */
    record Cron(String expression, @Nullable String description) implements ScheduleSpec {
        public Cron {
            expression = expression.strip().replaceAll("\\s+", " ");
        }
    }

    record Solar(Event event, double latitude, double longitude, Duration offset) implements ScheduleSpec {
        public enum Event {
            SUNRISE,
            SUNSET,
            NOON
        }
    }

    /** Once, and then it is disabled. */
    record Clocked(Instant runAt) implements ScheduleSpec {}

    /** Empty lists mean "every"; weekdays 0–6 with Sunday 0. */
    record Calendar(
            List<Integer> months,
            List<Integer> weekdays,
            List<Integer> monthdays,
            List<Integer> hours,
            List<Integer> minutes)
            implements ScheduleSpec {}
}
