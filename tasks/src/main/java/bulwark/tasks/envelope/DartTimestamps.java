package bulwark.tasks.envelope;

import bulwark.kernel.time.Timestamps;
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
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999Z");

    private DartTimestamps() {}

    public static String of(Instant instant) {
        return instant.getNano() / 1_000 % 1_000 == 0 ? Timestamps.zuluMillis(instant) : Timestamps.zulu(instant);
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
