package bulwark.gateway.proxy;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * The time that a data plane goes by. Thread-safe.
 *
 * @param wall for dates
 * @param nanos for deadlines: never goes back, from any origin
 */
public record PlaneTime(Clock wall, LongSupplier nanos) {
    /** Deadlines by the machine's own counter. */
    public static PlaneTime of(Clock wall) {
        return new PlaneTime(wall, System::nanoTime);
    }
}
