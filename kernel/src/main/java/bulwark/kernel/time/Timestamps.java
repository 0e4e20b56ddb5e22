package bulwark.kernel.time;

import java.nio.charset.StandardCharsets;
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
    private static final int MICROS_LENGTH = "2026-01-01T00:00:00.000001".length();

    /** Of {@link #zuluMillis}. */
    public static final int ZULU_MILLIS_LENGTH = MICROS_LENGTH - 3 + 1;

    private Timestamps() {}

    /** {@code 2026-01-01T00:00:00.000001+00:00}: facts, chains, audit rows. */
    public static String offset(Instant instant) {
        return text(instant, MICROS_LENGTH, "+00:00");
    }

    /** {@code 2026-01-01T00:00:00.000001Z}: manifests and rotations. */
    public static String zulu(Instant instant) {
        return text(instant, MICROS_LENGTH, "Z");
    }

    /** {@code 2026-01-01T00:00:00.001Z}; what is below a millisecond is left out. */
    public static String zuluMillis(Instant instant) {
        return text(instant, MICROS_LENGTH - 3, "Z");
    }

    /** As the formatter writes it, at a tenth of its cost: each audit row and each task has some. */
    private static String text(Instant instant, int length, String zone) {
        long second = instant.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            String micros = MICROS.format(instant);
            return micros.substring(0, micros.length() - MICROS_LENGTH + length) + zone;
        }
        byte[] out = new byte[MICROS_LENGTH + zone.length()];
        micros(out, 0, second, instant.getNano() / 1_000);
        for (int i = 0; i < zone.length(); i++) {
            out[length + i] = (byte) zone.charAt(i);
        }
        return new String(out, 0, length + zone.length(), StandardCharsets.ISO_8859_1);
    }

    /** As {@link #zuluMillis(Instant)}, into memory at hand. @param at where it begins, with room for {@link #ZULU_MILLIS_LENGTH} @return where it ends */
    public static int zuluMillis(long epochMillis, byte[] out, int at) {
        long second = Math.floorDiv(epochMillis, 1_000L);
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            throw new IllegalArgumentException("the year of a time in memory at hand has four digits");
        }
        int millis = (int) Math.floorMod(epochMillis, 1_000L);
        seconds(out, at, second);
        out[at + 19] = '.';
        digits(out, at + 20, at + 23, millis);
        out[at + 23] = 'Z';
        return at + ZULU_MILLIS_LENGTH;
    }

    private static void micros(byte[] out, int at, long second, int micros) {
        seconds(out, at, second);
        out[at + 19] = '.';
        digits(out, at + 20, at + MICROS_LENGTH, micros);
    }

    private static void seconds(byte[] out, int at, long second) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, DAY));
        int ofDay = (int) Math.floorMod(second, (long) DAY);
        digits(out, at, at + 4, date.getYear());
        out[at + 4] = '-';
        digits(out, at + 5, at + 7, date.getMonthValue());
        out[at + 7] = '-';
        digits(out, at + 8, at + 10, date.getDayOfMonth());
        out[at + 10] = 'T';
        digits(out, at + 11, at + 13, ofDay / 3_600);
        out[at + 13] = ':';
        digits(out, at + 14, at + 16, ofDay / 60 % 60);
        out[at + 16] = ':';
        digits(out, at + 17, at + 19, ofDay % 60);
    }

    private static void digits(byte[] out, int from, int to, int number) {
        int left = number;
        for (int i = to - 1; i >= from; i--) {
            out[i] = (byte) ('0' + left % 10);
            left /= 10;
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
