package bulwark.tasks.schedule;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleStore.VersionConflict;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Changes that people make while beats run: each is tried up to five times on what is stored by then. Thread-safe. */
public final class ScheduleEditor {
    private static final int TRIES = 5;

    private final ScheduleStore store;
    private final Clock clock;

    public ScheduleEditor(ScheduleStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Stores a definition; of one that is there the run state stays, and its next run too when the times did not change.
     *
     * @throws ConcurrentEdit when somebody else changed it again and again
     */
    public ScheduleEntry apply(ScheduleEntry definition) {
        return tried(
                        definition.id(),
                        existing -> existing == null
                                ? NextRun.planned(definition.withVersion(0), clock.instant())
                                : merged(definition, existing))
                .orElseThrow();
    }

    /** Its error is forgotten, and its next run is the next from now. Empty when absent. @throws ConcurrentEdit as above */
    public Optional<ScheduleEntry> enable(String id) {
        Instant now = clock.instant();
        return edited(id, entry -> NextRun.planned(entry.withRun(true, withoutError(entry.run())), now));
    }

    /** Empty when absent. @throws ConcurrentEdit as above */
    public Optional<ScheduleEntry> disable(String id) {
        return edited(id, entry -> entry.withRun(false, entry.run()));
    }

    private Optional<ScheduleEntry> edited(String id, UnaryOperator<ScheduleEntry> change) {
        return tried(id, existing -> existing == null ? null : change.apply(existing));
    }

    private Optional<ScheduleEntry> tried(String id, Change change) {
        long expected = 0;
        for (int i = 0; i < TRIES; i++) {
            ScheduleEntry wanted = change.of(store.get(id).orElse(null));
            if (wanted == null) {
                return Optional.empty();
            }
            expected = wanted.version();
            try {
                return Optional.of(store.put(wanted));
            } catch (VersionConflict e) {
                // Somebody was faster: again, on what is there now.
            }
        }
        throw new ConcurrentEdit(
                id, expected, store.get(id).map(ScheduleEntry::version).orElse(0L));
    }

    private ScheduleEntry merged(ScheduleEntry definition, ScheduleEntry existing) {
        ScheduleEntry merged =
                definition.withRun(definition.enabled(), existing.run()).withVersion(existing.version());
        boolean sameTimes = definition.spec().equals(existing.spec())
                && Objects.equals(definition.timezone(), existing.timezone())
                && Objects.equals(definition.expireAt(), existing.expireAt())
                && definition.enabled() == existing.enabled();
        boolean planned = sameTimes && (existing.run().nextRunAt() != null || !definition.enabled());
        ScheduleEntry kept = definition.meta().isEmpty() ? withMeta(merged, existing) : merged;
        return planned ? kept : NextRun.planned(kept, clock.instant());
    }

    private static ScheduleEntry withMeta(ScheduleEntry entry, ScheduleEntry other) {
        return new ScheduleEntry(
                entry.id(),
                entry.taskName(),
                entry.queue(),
                entry.spec(),
                entry.args(),
                entry.kwargs(),
                other.meta(),
                entry.enabled(),
                entry.jitter(),
                entry.timezone(),
                entry.expireAt(),
                entry.run(),
                entry.version());
    }

    private static Run withoutError(Run run) {
        return new Run(
                run.lastRunAt(),
                run.nextRunAt(),
                run.lastJitter(),
                null,
                run.totalRunCount(),
                run.lastSuccessAt(),
                run.lastErrorAt(),
                run.drift(),
                run.missed());
    }

    @FunctionalInterface
    private interface Change {
        @Nullable
        ScheduleEntry of(@Nullable ScheduleEntry existing);
    }

    /** Five times somebody else was faster. */
    public static final class ConcurrentEdit extends OperatorError {
        ConcurrentEdit(String id, long expected, long actual) {
            super(
                    ExitCode.FAILED,
                    "Schedule \"" + id + "\" was modified concurrently (expected v" + expected + ", found v" + actual
                            + "). Retry the command after the scheduler settles.");
        }
    }
}
