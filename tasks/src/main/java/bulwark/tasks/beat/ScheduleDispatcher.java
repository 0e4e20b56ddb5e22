package bulwark.tasks.beat;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.schedule.ScheduleStore.Fired;
import bulwark.tasks.schedule.ScheduleStore.VersionConflict;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one due schedule and moves it on. The broker remembers the fire's identity: a beat that died between the two steps leaves nothing worse than a
 * second attempt, which publishes nothing and moves the schedule on.
 */
final class ScheduleDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleDispatcher.class);
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private final ScheduleStore store;
    private final Broker broker;
    private final EnvelopeSigning signing;
    private final BeatMetrics metrics;
    private final Clock clock;

    ScheduleDispatcher(ScheduleStore store, Broker broker, EnvelopeSigning signing, BeatMetrics metrics, Clock clock) {
        this.store = store;
        this.broker = broker;
        this.signing = signing;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * @return whether the schedule was moved on, by us; else another beat or an edit was faster
     * @throws RuntimeException when it could not be published or moved on; it stays due
     */
    boolean fire(ScheduleEntry entry) {
        metrics.attempt(entry);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ScheduledFire scheduled =
                new ScheduledFire(entry, Objects.requireNonNull(entry.run().nextRunAt(), "what is due has a time"));
        // Before anything is sent: a schedule whose times cannot be computed could not be moved on.
        NextRun times = NextRun.of(entry, now);
        long missed = times.count(scheduled.nominal(), now);
        Optional<Instant> next = times.after(now);

        long started = System.nanoTime();
        Envelope envelope = signing.signIfAble(scheduled.envelope(now));
        boolean first =
                broker.publishOnce(scheduled.identity(), REMEMBERED, Publication.asSigned(Message.fresh(envelope)));
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        if (first) {
            metrics.published(entry, took, Duration.between(scheduled.nominal(), now));
        }

        // Once, ended or expired: what has no further run is disabled, so that lists do not promise one.
        ScheduleEntry moved = entry.withRun(next.isPresent(), ran(entry, scheduled, now, next.orElse(null), missed));
        try {
            store.put(moved);
        } catch (VersionConflict e) {
            metrics.contended();
            return false;
        }
        recordSent(entry, scheduled, now, took, missed, first);
        return true;
    }

    private void recordSent(
            ScheduleEntry entry, ScheduledFire scheduled, Instant now, Duration took, long missed, boolean first) {
        if (first) {
            metrics.won();
        } else {
            metrics.contended();
        }
        if (missed > 0) {
            metrics.missed(entry, missed);
            LOG.warn(
                    "Schedule {} had {} more due times since {} that are not made up for: one run was sent",
                    entry.id(),
                    missed,
                    scheduled.nominal());
        }
        store.record(entry.id(), new Fired(scheduled.nominal(), now, true, took.toMillis(), null));
    }

    /** Notes why a schedule stays due. Best effort: the fault may well be the store's. */
    void failed(ScheduleEntry entry, String message) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Run run = entry.run();
        try {
            store.put(entry.withRun(
                    entry.enabled(),
                    new Run(
                            run.lastRunAt(),
                            run.nextRunAt(),
                            run.lastJitter(),
                            message,
                            run.totalRunCount(),
                            run.lastSuccessAt(),
                            now,
                            run.drift(),
                            run.missed())));
            store.record(
                    entry.id(), new Fired(Objects.requireNonNullElse(run.nextRunAt(), now), now, false, 0, message));
        } catch (RuntimeException e) {
            LOG.debug("The error of schedule {} was not stored: {}", entry.id(), e.getMessage());
        }
    }

    private static Run ran(
            ScheduleEntry entry, ScheduledFire scheduled, Instant now, @Nullable Instant next, long missed) {
        Run run = entry.run();
        return new Run(
                now,
                next,
                scheduled.jitter(),
                null,
                run.totalRunCount() + 1,
                now,
                run.lastErrorAt(),
                Duration.between(scheduled.nominal(), now),
                run.missed() + missed);
    }
}
