package bulwark.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Multiples of a duration from an anchor, which is one of them; none before the start, none after the end. */
record IntervalTimes(
        Duration every,
        Instant anchor,
        @Nullable Instant start,
        @Nullable Instant end) implements FireTimes {
    @Override
    public Optional<Instant> after(Instant instant) {
        Instant from = start != null && instant.isBefore(start) ? start.minusMillis(1) : instant;
        long millis = every.toMillis();
        long multiple = Math.floorDiv(from.toEpochMilli() - anchor.toEpochMilli(), millis) + 1;
        Instant fires = anchor.plusMillis(Math.multiplyExact(multiple, millis));
        return end != null && fires.isAfter(end) ? Optional.empty() : Optional.of(fires);
    }
}
