package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.time.SettableClock;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScheduleEditorTest {
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    private final SettableClock clock = new SettableClock(NOW);
    private final ScheduleStore store = new MemoryStores(clock).schedules();
    private final ScheduleEditor edits = new ScheduleEditor(store, clock);

    @Test
    void a_new_schedule_gets_its_next_run() {
        ScheduleEntry stored = edits.apply(hourly());
        assertThat(stored.version()).isEqualTo(1);
        assertThat(stored.run().nextRunAt()).isEqualTo(NOW);
        clock.advance(Duration.ofSeconds(1));
        store.remove("nightly");
        assertThat(edits.apply(hourly()).run().nextRunAt()).isEqualTo(NOW.plusSeconds(3600));
    }

    @Test
    void applying_again_keeps_the_run_state_and_an_overdue_run() {
        edits.apply(hourly());
        Run ran = new Run(NOW, NOW.plusSeconds(3600), Duration.ZERO, null, 7, NOW, null, Duration.ZERO, 3);
        store.put(store.get("nightly").orElseThrow().withRun(true, ran));
        clock.advance(Duration.ofHours(5));
        assertThat(edits.apply(hourly()).run()).isEqualTo(ran);
        assertThat(edits.apply(hourly()).version()).isEqualTo(4);
    }

    @Test
    void other_times_give_another_next_run() {
        edits.apply(hourly());
        clock.advance(Duration.ofMinutes(1));
        ScheduleEntry changed = edits.apply(ScheduleJsonTest.entry(new Cron("30 * * * *", null), Run.NEVER));
        assertThat(changed.run().nextRunAt()).isEqualTo(NOW.plusSeconds(1800));
        assertThat(changed.run().totalRunCount()).isZero();
    }

    @Test
    void enabling_clears_the_error_and_plans_from_now() {
        edits.apply(hourly());
        Run failed = new Run(NOW, NOW, Duration.ZERO, "no broker", 1, null, NOW, null, 0);
        store.put(store.get("nightly").orElseThrow().withRun(true, failed));
        assertThat(edits.disable("nightly").orElseThrow().enabled()).isFalse();
        clock.advance(Duration.ofMinutes(90));
        ScheduleEntry enabled = edits.enable("nightly").orElseThrow();
        assertThat(enabled.enabled()).isTrue();
        assertThat(enabled.run().lastError()).isNull();
        assertThat(enabled.run().nextRunAt()).isEqualTo(NOW.plusSeconds(7200));
        assertThat(edits.enable("unknown")).isEmpty();
        assertThat(edits.disable("unknown")).isEmpty();
    }

    @Test
    void a_one_shot_schedule_that_ran_stays_disabled() {
        edits.apply(ScheduleJsonTest.entry(new Clocked(NOW), Run.NEVER));
        clock.advance(Duration.ofMinutes(1));
        assertThat(edits.enable("nightly").orElseThrow().enabled()).isFalse();
    }

    @Test
    void a_conflict_is_retried_five_times() {
        AtomicInteger meddling = new AtomicInteger(4);
        ScheduleEditor edited = new ScheduleEditor(new MeddledStore(store, meddling), clock);
        assertThat(edited.apply(hourly()).version()).isEqualTo(5);
        meddling.set(5);
        assertThatThrownBy(() -> edited.disable("nightly"))
                .hasMessage("Schedule \"nightly\" was modified concurrently (expected v9, found v10). "
                        + "Retry the command after the scheduler settles.");
        assertThat(store.get("nightly").orElseThrow().enabled()).isTrue();
    }

    private static ScheduleEntry hourly() {
        return ScheduleJsonTest.entry(new Cron("0 * * * *", null), Run.NEVER);
    }

    /** Somebody else is faster, a few times. */
    private record MeddledStore(ScheduleStore store, AtomicInteger times) implements DelegatingSchedules {
        @Override
        public ScheduleEntry put(ScheduleEntry entry) {
            if (times.getAndDecrement() > 0) {
                ScheduleEntry there = store.get(entry.id()).orElse(entry.withVersion(0));
                store.put(there);
            }
            return store.put(entry);
        }
    }
}
