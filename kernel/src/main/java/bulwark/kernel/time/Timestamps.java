package bulwark.kernel.time;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** The two UTC renderings on the wire, both with exactly six digits of fraction. */
public final class Timestamps {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** {@code 2026-01-01T00:00:00.000001+00:00}: facts, chains, audit rows. */
    public static String offset(Instant instant) {
        return MICROS.format(instant) + "+00:00";
    }

    /** {@code 2026-01-01T00:00:00.000001Z}: manifests and rotations. */
    public static String zulu(Instant instant) {
        return MICROS.format(instant) + "Z";
    }

    /** Drops what the wire cannot carry. */
    public static Instant toMicros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }
}
