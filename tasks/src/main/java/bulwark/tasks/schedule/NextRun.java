package bulwark.tasks.schedule;

import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When one schedule fires: its nominal times, in whole milliseconds, none at or after its expiry. Immutable. */
public final class NextRun {
    private static final int MAX_COUNTED = 1_000_000;

    private final ScheduleEntry entry;
    private final FireTimes times;

    private NextRun(ScheduleEntry entry, FireTimes times) {
        this.entry = entry;
        this.times = times;
    }

    /**
     * An interval counts from its start, else from the next run that is stored, else from the last, else from now.
     *
     * @throws ScheduleRefused when its times cannot be computed, naming the field
     */
    public static NextRun of(ScheduleEntry entry, Instant now) {
        return new NextRun(entry, times(entry, now));
    }

    /** The first time later than the given; empty when there is none. */
    public Optional<Instant> after(Instant instant) {
        Instant expireAt = entry.expireAt();
        return times.after(instant)
                .map(time -> time.truncatedTo(ChronoUnit.MILLIS))
                .filter(time -> expireAt == null || time.isBefore(expireAt));
    }

    /** How many times lie after the first and not after the last instant; stops at a million. */
    public long count(Instant afterThis, Instant upToThis) {
        if (times instanceof IntervalTimes interval && entry.expireAt() == null && interval.end() == null) {
            return Math.max(0, upToThis.toEpochMilli() - afterThis.toEpochMilli())
                    / interval.every().toMillis();
        }
        long count = 0;
        Optional<Instant> time = after(afterThis);
        while (time.isPresent() && !time.get().isAfter(upToThis) && count < MAX_COUNTED) {
            count++;
            time = after(time.get());
        }
        return count;
    }

    /**
     * The entry with its next run at or after now, or without one when it is disabled. One that runs once and whose time has passed is disabled.
     *
     * @throws ScheduleRefused when its times cannot be computed, naming the field
     */
    public static ScheduleEntry planned(ScheduleEntry entry, Instant now) {
        Run run = entry.run();
        ScheduleEntry fresh = with(entry, entry.enabled(), run, null);
        if (!entry.enabled()) {
            return fresh;
        }
        // An interval that has nothing to count from begins one interval from now.
        boolean counts =
                entry.spec() instanceof Interval interval && interval.startAt() == null && run.lastRunAt() == null;
        Optional<Instant> next = of(fresh, now).after(counts ? now : now.minusMillis(1));
        boolean over = next.isEmpty() && entry.spec() instanceof Clocked;
        return with(entry, !over, run, next.orElse(null));
    }

    private static ScheduleEntry with(ScheduleEntry entry, boolean enabled, Run run, @Nullable Instant next) {
        return entry.withRun(
                enabled,
                new Run(
                        run.lastRunAt(),
                        next,
                        run.lastJitter(),
                        run.lastError(),
                        run.totalRunCount(),
                        run.lastSuccessAt(),
                        run.lastErrorAt(),
                        run.drift(),
                        run.missed()));
    }

    private static FireTimes times(ScheduleEntry entry, Instant now) {
        try {
            return switch (entry.spec()) {
                case Interval interval -> interval(interval, entry.run(), now);
                case Cron cron -> CronTimes.of(cron.expression(), zone(entry));
                case Calendar calendar -> CronTimes.of(CronFields.expression(calendar), zone(entry));
                case Solar solar -> new SolarTimes(solar);
                case Clocked clocked -> {
                    Instant runAt = clocked.runAt().truncatedTo(ChronoUnit.MILLIS);
                    yield instant -> Optional.of(runAt).filter(time -> time.isAfter(instant));
                }
            };
        } catch (IllegalArgumentException e) {
            throw refused(entry, "spec " + e.getMessage());
        }
    }

    private static FireTimes interval(Interval interval, Run run, Instant now) {
        Instant start = interval.startAt();
        Instant stored = run.nextRunAt() != null ? run.nextRunAt() : run.lastRunAt();
        Instant anchor = start != null ? start : stored != null ? stored : now;
        if (interval.every().toMillis() < 1) {
            throw new IllegalArgumentException("is an interval below 1 ms");
        }
        return new IntervalTimes(
                interval.every(),
                anchor.truncatedTo(ChronoUnit.MILLIS),
                start == null ? null : start.truncatedTo(ChronoUnit.MILLIS),
                interval.endAt());
    }

    private static ZoneId zone(ScheduleEntry entry) {
        String name = entry.timezone();
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            throw refused(entry, "timezone is no name of the IANA time zone database");
        }
    }

    private static ScheduleRefused refused(ScheduleEntry entry, String sentence) {
        return new ScheduleRefused(List.of("schedule \"" + entry.id() + "\": " + sentence));
    }
}
