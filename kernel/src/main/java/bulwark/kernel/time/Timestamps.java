package bulwark.kernel.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/** The UTC renderings on the wire, with a fixed number of digits of fraction each, and the one reader of instants from callers. */
public final class Timestamps {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT)
            .withChronology(IsoChronology.INSTANCE);

    /** 0000-01-01 to 9999-12-31, where a year has four digits. */
    private static final long FIRST_SECOND = -62_167_219_200L;

    private static final long LAST_SECOND = 253_402_300_799L;
    private static final int DAY = 86_400;

    private Timestamps() {}

    /** {@code 2026-01-01T00:00:00.000001+00:00}: facts, chains, audit rows. */
    public static String offset(Instant instant) {
        return micros(instant).append("+00:00").toString();
    }

    /** {@code 2026-01-01T00:00:00.000001Z}: manifests and rotations. */
    public static String zulu(Instant instant) {
        return micros(instant).append('Z').toString();
    }

    /** {@code 2026-01-01T00:00:00.001Z}; what is below a millisecond is left out. */
    public static String zuluMillis(Instant instant) {
        StringBuilder out = micros(instant);
        out.setLength(out.length() - 3);
        return out.append('Z').toString();
    }

    /** As the formatter writes it, at a tenth of its cost: each audit row and each task has some. */
    private static StringBuilder micros(Instant instant) {
        StringBuilder out = new StringBuilder(32);
        long second = instant.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            return out.append(MICROS.format(instant));
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, DAY));
        int ofDay = (int) Math.floorMod(second, (long) DAY);
        digits(out, date.getYear(), 1_000);
        digits(out.append('-'), date.getMonthValue(), 10);
        digits(out.append('-'), date.getDayOfMonth(), 10);
        digits(out.append('T'), ofDay / 3_600, 10);
        digits(out.append(':'), ofDay / 60 % 60, 10);
        digits(out.append(':'), ofDay % 60, 10);
        digits(out.append('.'), instant.getNano() / 1_000, 100_000);
        return out;
    }

    private static void digits(StringBuilder out, int number, int unit) {
        for (int left = unit; left > 0; left /= 10) {
            out.append((char) ('0' + number / left % 10));
        }
    }

    /** ISO 8601, a date or a date and time; without an offset it means UTC. Years 1 to 9999. */
    public static Optional<Instant> parse(String iso) {
        try {
            Instant instant = iso.length() == 10
                    ? LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : dateTime(iso.replace(' ', 'T'));
            int year = instant.atOffset(ZoneOffset.UTC).getYear();
            return year >= 1 && year <= 9999 ? Optional.of(instant) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant dateTime(String iso) {
        TemporalAccessor parsed = DATE_TIME.parseBest(iso, OffsetDateTime::from, LocalDateTime::from);
        return parsed instanceof OffsetDateTime offset
                ? offset.toInstant()
                : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
    }

    /** Drops what the wire cannot carry. */
    public static Instant toMicros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }
}
