package bulwark.tasks.envelope;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** {@code yyyy-MM-ddTHH:mm:ss.mmmZ}, with three more digits only when they are not zero. */
final class DartTime {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private DartTime() {}

    static String text(Instant instant) {
        boolean millis = instant.getNano() / 1000 % 1000 == 0;
        return (millis ? MILLIS : MICROS).format(instant) + "Z";
    }

    /** Reads ISO-8601 with any offset; what is finer than microseconds is dropped. */
    static Instant parse(String field, String text) {
        try {
            Instant instant = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
            if (instant.isBefore(Instant.EPOCH) || instant.isAfter(Instant.parse("9999-12-31T23:59:59.999999Z"))) {
                throw new EnvelopeRefused(field + " lies outside of the years 1970 to 9999");
            }
            return instant.truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeParseException e) {
            throw new EnvelopeRefused(field + " is not a UTC time such as 2026-01-02T03:04:05.678Z");
        }
    }
}
