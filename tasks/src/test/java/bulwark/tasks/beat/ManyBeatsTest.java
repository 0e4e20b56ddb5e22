package bulwark.tasks.beat;

import static bulwark.tasks.beat.BeatFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.schedule.DelegatingSchedules;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several beats over one store. */
@Timeout(60)
class ManyBeatsTest {
    private final BeatFixture fixture = new BeatFixture();

    @Test
    void each_nominal_time_is_sent_exactly_once() throws Exception {
        List<String> specs = List.of("every:3s", "every:7s", "*/5 * * * * *", "* * * * *", "every:1s");
        for (int i = 0; i < specs.size(); i++) {
            fixture.schedule("s" + i, specs.get(i));
        }
        Set<String> expected = expected(specs.size(), START.minusMillis(1), START.plusSeconds(300));
        List<Beat> beats = List.of(fixture.beat(), fixture.beat(), fixture.beat());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int second = 0; second <= 300; second++) {
                fixture.clock.set(START.plusSeconds(second));
                for (Future<Integer> tick : threads.invokeAll(beats.stream()
                        .<java.util.concurrent.Callable<Integer>>map(b -> b::tick)
                        .toList())) {
                    tick.get();
                }
            }
        }
        List<String> sent =
                fixture.received("default").stream().map(Envelope::id).toList();
        assertThat(sent).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        assertThat(fixture.schedules.list()).allMatch(entry -> entry.run().missed() == 0);
        assertThat(fixture.counted("stem_scheduler_dispatch_success")).isEqualTo(expected.size());
    }

    @Test
    void beats_that_start_late_and_stop_early_send_nothing_twice_and_lose_no_count() throws Exception {
        fixture.schedule("a", "every:1s");
        Random random = new Random(42);
        List<Beat> beats = List.of(fixture.beat(), fixture.beat(), fixture.beat());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 200; round++) {
                fixture.clock.advance(Duration.ofMillis(random.nextInt(2500)));
                for (Future<Integer> tick : threads.invokeAll(beats.stream()
                        .filter(b -> random.nextBoolean())
                        .<java.util.concurrent.Callable<Integer>>map(b -> b::tick)
                        .toList())) {
                    tick.get();
                }
            }
        }
        fixture.beat().tick();
        ScheduleEntry entry = fixture.stored("a");
        List<String> sent =
                fixture.received("default").stream().map(Envelope::id).toList();
        assertThat(sent).doesNotHaveDuplicates().hasSize((int) entry.run().totalRunCount());
        long elapsed = Duration.between(START, fixture.clock.instant()).toSeconds();
        assertThat(entry.run().totalRunCount() + entry.run().missed()).isEqualTo(elapsed);
    }

    @Test
    void a_beat_that_dies_between_sending_and_moving_on_leaves_one_task() {
        fixture.schedule("a", "every:1m");
        fixture.clock.advance(Duration.ofMinutes(1));
        Beat dying = fixture.beat(new DyingStore(fixture.schedules), fixture.broker);
        assertThat(dying.tick()).isZero();
        assertThat(fixture.stored("a").run().totalRunCount()).isZero();

        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(fixture.beat().tick()).isEqualTo(1);
        assertThat(fixture.stored("a").run().totalRunCount()).isEqualTo(1);
        assertThat(fixture.received("default")).hasSize(1);
        assertThat(fixture.counted("stem_scheduler_lock_contended")).isEqualTo(1);
    }

    @Test
    void an_edit_during_a_run_is_kept_and_no_second_task_is_sent() {
        fixture.schedule("a", "every:1m");
        fixture.clock.advance(Duration.ofMinutes(1));
        ConcurrentLinkedQueue<String> edits = new ConcurrentLinkedQueue<>(List.of("one"));
        Beat beat = fixture.beat(new EditedStore(fixture.schedules, edits), fixture.broker);
        assertThat(beat.tick()).isZero();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(beat.tick()).isEqualTo(1);
        assertThat(fixture.stored("a").queue()).isEqualTo("edited");
        assertThat(fixture.stored("a").run().totalRunCount()).isEqualTo(1);
        assertThat(fixture.received("default")).hasSize(1);
        assertThat(fixture.received("edited")).isEmpty();
    }

    private Set<String> expected(int schedules, Instant from, Instant to) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < schedules; i++) {
            ScheduleEntry entry = fixture.stored("s" + i);
            NextRun times = NextRun.of(entry, START);
            Optional<Instant> time = times.after(from);
            // An interval that was made at the start has its first time then.
            while (time.isPresent() && !time.get().isAfter(to)) {
                if (!time.get().isBefore(entry.run().nextRunAt())) {
                    ids.add(new ScheduledFire(entry, time.get()).taskId());
                }
                time = times.after(time.get());
            }
        }
        return ids;
    }

    /** As a process that is killed after its task was sent: nothing is stored any more. */
    private record DyingStore(ScheduleStore store) implements DelegatingSchedules {
        @Override
        public ScheduleEntry put(ScheduleEntry entry) {
            throw new IllegalStateException("killed");
        }
    }

    private record EditedStore(ScheduleStore store, ConcurrentLinkedQueue<String> edits)
            implements DelegatingSchedules {
        @Override
        public ScheduleEntry put(ScheduleEntry entry) {
            if (edits.poll() != null) {
                ScheduleEntry e = store.get(entry.id()).orElseThrow();
                store.put(new ScheduleEntry(
                        e.id(),
                        e.taskName(),
                        "edited",
                        e.spec(),
                        e.args(),
                        e.kwargs(),
                        e.meta(),
                        true,
                        e.jitter(),
                        null,
                        null,
                        e.run(),
                        e.version()));
            }
            return store.put(entry);
        }
    }
}
