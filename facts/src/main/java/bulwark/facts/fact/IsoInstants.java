package bulwark.facts.fact;

import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** When a fact ends, as the stores and the search index compare it: in microseconds since the epoch. */
public final class IsoInstants {
    private IsoInstants() {}

    public static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** The moment from which a fact no longer holds; the largest number when there is none. */
    public static long endMicros(@Nullable String validUntil) {
        return validUntil == null
                ? Long.MAX_VALUE
                : Timestamps.parse(validUntil).map(IsoInstants::micros).orElse(Long.MAX_VALUE);
    }
}
