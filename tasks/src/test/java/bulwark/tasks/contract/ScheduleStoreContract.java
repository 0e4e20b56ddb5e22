package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.schedule.ScheduleStore.Fired;
import bulwark.tasks.schedule.ScheduleStore.VersionConflict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
public abstract class ScheduleStoreContract {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    private TestStores testStores;
    private ScheduleStore store;
    private ScheduleStore other;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        store = testStores.stores().schedules();
        other = testStores.another().schedules();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    private static ScheduleEntry entry(
            String id, @Nullable Instant next, boolean enabled, @Nullable Instant expire, long version) {
        Run run = new Run(
                NOW.minusSeconds(60),
                next,
                Duration.ofMillis(3),
                "it broke",
                17,
                NOW.minusSeconds(60),
                NOW.minusSeconds(120),
                Duration.ofMillis(-4),
                2);
        return new ScheduleEntry(
                id,
                "demo.echo",
                "reporting",
                new ScheduleSpec.Interval(Duration.ofMinutes(1), NOW, null),
                Examples.object().put("n", 1).put("x", 1.0),
                Examples.object().put("k", "é"),
                Examples.object().put("m", true),
                enabled,
                Duration.ofMillis(500),
                "Europe/Berlin",
                expire,
                run,
                version);
    }

    private static ScheduleEntry entry(String id, @Nullable Instant next) {
        return entry(id, next, true, null, 0);
    }

    private static List<String> ids(List<ScheduleEntry> entries) {
        return entries.stream().map(ScheduleEntry::id).toList();
    }

    @Test
    public void a_schedule_round_trips() {
        ScheduleEntry stored = store.put(entry("a", NOW, true, NOW.plusSeconds(3600), 0));
        assertThat(stored).isEqualTo(entry("a", NOW, true, NOW.plusSeconds(3600), 1));
        assertThat(other.get("a")).contains(stored);
        assertThat(other.get("b")).isEmpty();
    }

    @Test
    public void every_kind_of_specification_is_kept() {
        List<ScheduleSpec> specs = List.of(
                new ScheduleSpec.Cron("*/5 * * * *", null),
                new ScheduleSpec.Solar(ScheduleSpec.Solar.Event.SUNSET, 52.5, 13.4, Duration.ofMinutes(-10)),
                new ScheduleSpec.Clocked(NOW),
                new ScheduleSpec.Calendar(List.of(1), List.of(0, 6), List.of(), List.of(3), List.of(0, 30)));
        for (ScheduleSpec spec : specs) {
            ScheduleEntry base = entry(spec.getClass().getSimpleName(), NOW);
            store.put(new ScheduleEntry(
                    base.id(),
                    base.taskName(),
                    base.queue(),
                    spec,
                    base.args(),
                    base.kwargs(),
                    base.meta(),
                    true,
                    Duration.ZERO,
                    null,
                    null,
                    Run.NEVER,
                    0));
            assertThat(other.get(base.id()).orElseThrow().spec()).isEqualTo(spec);
            assertThat(other.get(base.id()).orElseThrow().run()).isEqualTo(Run.NEVER);
        }
    }

    @Test
    public void writing_an_older_version_is_refused() {
        ScheduleEntry first = store.put(entry("a", NOW));
        ScheduleEntry second = other.put(entry("a", NOW.plusSeconds(1), true, null, first.version()));
        assertThat(second.version()).isEqualTo(2);
        assertThatThrownBy(() -> store.put(entry("a", NOW.plusSeconds(9), true, null, first.version())))
                .isInstanceOf(VersionConflict.class);
        assertThatThrownBy(() -> store.put(entry("a", NOW.plusSeconds(9)))).isInstanceOf(VersionConflict.class);
        assertThatThrownBy(() -> store.put(entry("new", NOW, true, null, 4))).isInstanceOf(VersionConflict.class);
        assertThat(store.get("a")).contains(second);
        assertThat(ids(store.list())).containsExactly("a");
    }

    @Test
    public void one_of_many_concurrent_writers_of_a_version_succeeds() throws InterruptedException {
        ScheduleEntry first = store.put(entry("a", NOW));
        AtomicInteger won = new AtomicInteger();
        List<Thread> racers = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    try {
                        (i % 2 == 0 ? store : other).put(entry("a", NOW.plusSeconds(i), true, null, first.version()));
                        won.incrementAndGet();
                    } catch (VersionConflict expected) {
                        // Seven of eight end here.
                    }
                }))
                .toList();
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(won).hasValue(1);
    }

    @Test
    public void what_is_due_comes_earliest_first() {
        store.put(entry("later", NOW.plusMillis(1)));
        store.put(entry("second", NOW));
        store.put(entry("first", NOW.minusSeconds(1)));
        store.put(entry("disabled", NOW.minusSeconds(2), false, null, 0));
        store.put(entry("expired", NOW.minusSeconds(2), true, NOW.minusSeconds(1), 0));
        store.put(entry("never", null));
        assertThat(ids(other.due(NOW, 10))).containsExactly("first", "second");
        assertThat(ids(other.due(NOW, 1))).containsExactly("first");
        assertThat(other.due(NOW.minusSeconds(5), 10)).isEmpty();
    }

    @Test
    public void a_hundred_disabled_and_expired_schedules_do_not_starve_the_others() {
        for (int i = 0; i < 120; i++) {
            store.put(
                    entry("off-" + i, NOW.minusSeconds(100), i % 2 == 0, i % 2 == 0 ? NOW.minusSeconds(50) : null, 0));
        }
        store.put(entry("on", NOW));
        assertThat(ids(store.due(NOW, 5))).containsExactly("on");
    }

    @Test
    public void a_schedule_that_is_disabled_is_no_longer_due_and_comes_back_when_enabled() {
        store.put(entry("a", NOW));
        store.put(entry("a", NOW, false, null, 1));
        assertThat(store.due(NOW, 10)).isEmpty();
        assertThat(store.nextDue()).isEmpty();
        assertThat(ids(store.list())).containsExactly("a");
        store.put(entry("a", NOW, true, null, 2));
        assertThat(ids(store.due(NOW, 10))).containsExactly("a");
    }

    @Test
    public void the_soonest_next_run_is_known() {
        assertThat(store.nextDue()).isEmpty();
        store.put(entry("b", NOW.plusSeconds(20)));
        store.put(entry("a", NOW.plusSeconds(10)));
        store.put(entry("never", null));
        store.put(entry("off", NOW, false, null, 0));
        assertThat(other.nextDue()).contains(NOW.plusSeconds(10));
    }

    @Test
    public void schedules_are_listed_by_next_run_with_those_without_last() {
        store.put(entry("never", null));
        store.put(entry("b", NOW.plusSeconds(20)));
        store.put(entry("a", NOW.plusSeconds(10)));
        assertThat(ids(other.list())).containsExactly("a", "b", "never");
    }

    @Test
    public void a_removed_schedule_leaves_nothing_behind() {
        store.put(entry("a", NOW));
        store.record("a", new Fired(NOW, NOW, true, 1, null));
        other.remove("a");
        other.remove("a");
        assertThat(store.get("a")).isEmpty();
        assertThat(store.list()).isEmpty();
        assertThat(store.due(NOW, 10)).isEmpty();
        assertThat(store.history("a", 10)).isEmpty();
        assertThat(store.put(entry("a", NOW)).version()).isEqualTo(1);
    }

    @Test
    public void the_history_is_listed_newest_first() {
        Fired good = new Fired(NOW, NOW.plusMillis(3), true, 12, null);
        Fired bad = new Fired(NOW.plusSeconds(60), NOW.plusSeconds(61), false, 7, "it broke: é");
        store.record("a", good);
        store.record("a", bad);
        assertThat(other.history("a", 10)).containsExactly(bad, good);
        assertThat(other.history("a", 1)).containsExactly(bad);
        assertThat(other.history("b", 1)).isEmpty();
    }

    @Test
    public void the_history_is_bounded() {
        for (int i = 0; i < 1_300; i++) {
            store.record("a", new Fired(NOW.plusSeconds(i), NOW.plusSeconds(i), true, 1, null));
        }
        assertThat(store.history("a", 10_000)).hasSizeBetween(1_000, 1_250);
    }
}
