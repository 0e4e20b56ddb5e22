package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.NoteKey;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A doctor whose statements count.
 *
 * @param from the first moment at which it may have signed
 * @param until the last one, or null while it is in service
 */
public record DoctorKey(NoteKey key, Instant from, @Nullable Instant until) {
    /** Clocks of two machines, and a visit at whose end the key was made. */
    public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    public boolean mayHaveSignedAt(Instant time) {
        return !time.isBefore(from.minus(CLOCK_TOLERANCE))
                && (until == null || !time.isAfter(until.plus(CLOCK_TOLERANCE)));
    }
}
