package bulwark.tasks.beat;

import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schedule that was moved on by a beat whose clock was ahead would be silent until ours comes there. What ran in our future is planned anew from now. One thread.
 */
final class ClockSkewRepair {
    private static final Logger LOG = LoggerFactory.getLogger(ClockSkewRepair.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Clocks of hosts differ. */
    private static final Duration TOLERANCE = Duration.ofSeconds(30);

    private final ScheduleStore store;
    private @Nullable Instant looked;

    ClockSkewRepair(ScheduleStore store) {
        this.store = store;
    }

    /** At first, then once a minute, also when the clock was set back. */
    void repair(Instant now) {
        Instant before = looked;
        if (before != null && Duration.between(before, now).abs().compareTo(INTERVAL) < 0) {
            return;
        }
        looked = now;
        for (ScheduleEntry entry : store.list()) {
            Instant ran = entry.run().lastRunAt();
            if (entry.enabled() && ran != null && ran.isAfter(now.plus(TOLERANCE))) {
                plan(entry, ran, now);
            }
        }
    }

    private void plan(ScheduleEntry entry, Instant ran, Instant now) {
        Run run = entry.run();
        ScheduleEntry corrected = entry.withRun(
                true,
                new Run(
                        now.truncatedTo(ChronoUnit.MILLIS),
                        null,
                        run.lastJitter(),
                        run.lastError(),
                        run.totalRunCount(),
                        run.lastSuccessAt(),
                        run.lastErrorAt(),
                        run.drift(),
                        run.missed()));
        try {
            store.put(NextRun.planned(corrected, now.plusMillis(1)));
            LOG.warn(
                    "Schedule {} ran at {}, which is in the future: the clock of a beat was ahead, or ours was set back. It is planned anew from now.",
                    entry.id(),
                    ran);
        } catch (ScheduleStore.VersionConflict e) {
            LOG.debug("Schedule {} was changed meanwhile.", entry.id());
        } catch (RuntimeException e) {
            LOG.warn("Schedule {} could not be planned anew: {}", entry.id(), e.getMessage());
        }
    }
}
