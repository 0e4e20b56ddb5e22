package bulwark.tasks.schedule;

import java.time.Instant;
import java.util.Optional;

/** Instants in rising order. */
@FunctionalInterface
interface FireTimes {
    /** The first one later than the given; empty when there is none, or none that can be found in reasonable time. */
    Optional<Instant> after(Instant instant);
}
