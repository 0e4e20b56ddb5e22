package bulwark.tasks.schedule;

import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shredzone.commons.suncalc.SunTimes;

/**
 * Sunrise, sunset or noon at a place, to the second (the sun's own accuracy here is about a minute). Computed for each day of the place's mean solar time
 * by itself, so that one event has one time from wherever the search starts. A day of polar night or midnight sun has no sunrise and no sunset.
 */
record SolarTimes(Solar solar) implements FireTimes {
    /** Beyond the longest polar night, and beyond a year. */
    private static final int DAYS = 400;

    @Override
    public Optional<Instant> after(Instant instant) {
        ZoneOffset mean = ZoneOffset.ofHours((int) Math.round(solar.longitude() / 15));
        LocalDate first =
                instant.minus(solar.offset()).atOffset(mean).toLocalDate().minusDays(1);
        for (int i = 0; i < DAYS; i++) {
            Instant fires = on(first.plusDays(i), mean);
            if (fires != null && fires.isAfter(instant)) {
                return Optional.of(fires);
            }
        }
        return Optional.empty();
    }

    private @Nullable Instant on(LocalDate day, ZoneOffset mean) {
        SunTimes times = SunTimes.compute()
                .at(solar.latitude(), solar.longitude())
                .on(day.atStartOfDay(mean))
                .oneDay()
                .execute();
        ZonedDateTime event = switch (solar.event()) {
            case SUNRISE -> times.getRise();
            case SUNSET -> times.getSet();
            case NOON -> times.getNoon();
        };
        return event == null
                ? null
                : event.toInstant().truncatedTo(ChronoUnit.SECONDS).plus(solar.offset());
    }
}
