package bulwark.tasks.envelope;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/**
 * Times as Stem 0.2 writes them: UTC, {@code 2026-01-02T03:04:05.678Z}, six digits of fraction only when there are microseconds. Reads any ISO 8601
 * date or date with time; without a zone it is UTC. Years 1 to 9999.
 */
public final class DartTimestamps {
    private static final int MILLIS = "2026-01-02T03:04:05.678Z".length();
    private static final int DAY = 86_400;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999Z");

    private DartTimestamps() {}

    /** Each task is written with several times, so the digits are laid out here: a formatter takes ten times as long. */
    public static String of(Instant instant) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(instant.getEpochSecond(), DAY));
        int second = Math.floorMod(instant.getEpochSecond(), DAY);
        int micros = instant.getNano() / 1000;
        boolean millis = micros % 1000 == 0;
        byte[] text = new byte[millis ? MILLIS : MILLIS + 3];
        put(text, 0, 4, date.getYear(), '-');
        put(text, 5, 2, date.getMonthValue(), '-');
        put(text, 8, 2, date.getDayOfMonth(), 'T');
        put(text, 11, 2, second / 3600, ':');
        put(text, 14, 2, second / 60 % 60, ':');
        put(text, 17, 2, second % 60, '.');
        put(text, 20, millis ? 3 : 6, millis ? micros / 1000 : micros, 'Z');
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void put(byte[] text, int at, int digits, int value, char after) {
        int rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        text[at + digits] = (byte) after;
    }

    /** Empty when the text is no time. */
    public static Optional<Instant> parse(String text) {
        try {
            Instant instant = read(text.strip()).truncatedTo(ChronoUnit.MICROS);
            return instant.isBefore(FIRST) || instant.isAfter(END) ? Optional.empty() : Optional.of(instant);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant read(String text) {
        if (text.length() == "2026-01-02".length()) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                text.replaceFirst(" ", "T"), OffsetDateTime::from, LocalDateTime::from);
        return time instanceof LocalDateTime local
                ? local.toInstant(ZoneOffset.UTC)
                : OffsetDateTime.from(time).toInstant();
    }
}
