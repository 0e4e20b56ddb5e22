package bulwark.tasks.envelope;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * {@code yyyy-MM-ddTHH:mm:ss.mmmZ}, with three more digits only when they are not zero, for the years 1970 to 9999. Each task carries several times and each is
 * written often, so this form is laid out and read digit by digit.
 */
final class DartTime {
    private static final String SHAPE = "0000-00-00T00:00:00.000";
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private DartTime() {}

    /** @throws EnvelopeRefused outside of those years */
    static String text(Instant instant) {
        if (outside(instant)) {
            throw new EnvelopeRefused("a time lies outside of the years 1970 to 9999");
        }
        return DartTimestamps.of(instant);
    }

    private static boolean outside(Instant instant) {
        return instant.getEpochSecond() < 0 || instant.isAfter(LAST.plusNanos(999));
    }

    /** Reads ISO-8601 with any offset; what is finer than microseconds is dropped. */
    static Instant parse(String field, String text) {
        try {
            Instant instant = isOwnForm(text)
                    ? ownForm(text)
                    : DateTimeFormatter.ISO_OFFSET_DATE_TIME
                            .parse(text, Instant::from)
                            .truncatedTo(ChronoUnit.MICROS);
            if (outside(instant)) {
                throw new EnvelopeRefused(field + " lies outside of the years 1970 to 9999");
            }
            return instant;
        } catch (DateTimeException e) {
            throw new EnvelopeRefused(field + " is not a UTC time such as 2026-01-02T03:04:05.678Z");
        }
    }

    private static boolean isOwnForm(String text) {
        int end = text.length() - 1;
        if (end != SHAPE.length() && end != SHAPE.length() + 3 || text.charAt(end) != 'Z') {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char shape = i < SHAPE.length() ? SHAPE.charAt(i) : '0';
            char c = text.charAt(i);
            if (shape == '0' ? c < '0' || c > '9' : c != shape) {
                return false;
            }
        }
        return true;
    }

    private static Instant ownForm(String text) {
        LocalDateTime time = LocalDateTime.of(
                digits(text, 0, 4),
                digits(text, 5, 7),
                digits(text, 8, 10),
                digits(text, 11, 13),
                digits(text, 14, 16),
                digits(text, 17, 19));
        int fraction = digits(text, 20, text.length() - 1);
        int nanos = fraction * (text.length() - 1 == SHAPE.length() ? 1_000_000 : 1_000);
        return Instant.ofEpochSecond(time.toEpochSecond(ZoneOffset.UTC), nanos);
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + text.charAt(i) - '0';
        }
        return value;
    }
}
