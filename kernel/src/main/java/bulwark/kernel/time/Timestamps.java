package bulwark.kernel.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** The two UTC renderings on the wire, both with exactly six digits of fraction. */
public final class Timestamps {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

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

    /** As the formatter writes it, at a tenth of its cost: each audit row has one. */
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

    /** Drops what the wire cannot carry. */
    public static Instant toMicros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }
}
