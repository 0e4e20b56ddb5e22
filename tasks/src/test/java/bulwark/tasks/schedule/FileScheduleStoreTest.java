package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleStore.Fired;
import bulwark.tasks.schedule.ScheduleStore.VersionConflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileScheduleStoreTest {
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    private Path folder;

    private Path file;
    private FileScheduleStore store;

    @BeforeEach
    void open() {
        file = folder.resolve("state/schedules.json");
        store = new FileScheduleStore(file);
    }

    @Test
    void a_stored_schedule_is_read_by_the_next_process() throws IOException {
        ScheduleEntry stored = store.put(entry("a", NOW));
        assertThat(stored.version()).isEqualTo(1);
        assertThat(new FileScheduleStore(file).get("a")).contains(stored);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).startsWith("[{\"id\":\"a\",\"taskName\":\"reports.aggregate\"");
    }

    @Test
    void an_older_version_is_refused_and_changes_nothing() {
        ScheduleEntry stored = store.put(entry("a", NOW));
        ScheduleEntry second = store.put(stored.withRun(false, stored.run()));
        assertThatThrownBy(() -> store.put(stored)).isInstanceOf(VersionConflict.class);
        assertThatThrownBy(() -> store.put(entry("a", NOW))).isInstanceOf(VersionConflict.class);
        assertThatThrownBy(() -> store.put(entry("b", NOW).withVersion(3))).isInstanceOf(VersionConflict.class);
        assertThat(store.list()).containsExactly(second);
    }

    @Test
    void due_ones_come_in_order_without_disabled_and_later_ones() {
        store.put(entry("later", NOW.plusSeconds(1)));
        store.put(entry("second", NOW));
        store.put(entry("first", NOW.minusSeconds(5)));
        store.put(entry("off", NOW.minusSeconds(9)).withRun(false, Run.NEVER));
        assertThat(store.due(NOW, 10)).extracting(ScheduleEntry::id).containsExactly("first", "second");
        assertThat(store.due(NOW, 1)).extracting(ScheduleEntry::id).containsExactly("first");
        assertThat(store.nextDue()).contains(NOW.minusSeconds(5));
        assertThat(store.list()).extracting(ScheduleEntry::id).containsExactly("first", "second", "later", "off");
    }

    @Test
    void history_is_newest_first_bounded_and_goes_with_its_schedule() throws IOException {
        for (int i = 0; i < 1200; i++) {
            store.record(
                    "a", new Fired(NOW.plusSeconds(i), NOW.plusSeconds(i), i % 2 == 0, i, i % 2 == 0 ? null : "why"));
        }
        store.record("b", new Fired(NOW, NOW, true, 1, null));
        List<Fired> history = store.history("a", 2000);
        assertThat(history).hasSize(1000);
        assertThat(history.getFirst())
                .isEqualTo(new Fired(NOW.plusSeconds(1199), NOW.plusSeconds(1199), false, 1199, "why"));
        assertThat(store.history("a", 3)).isEqualTo(history.subList(0, 3));
        store.remove("a");
        assertThat(store.history("a", 10)).isEmpty();
        assertThat(store.history("b", 10)).hasSize(1);
    }

    @Test
    void a_line_of_history_that_a_kill_cut_short_harms_no_other() throws IOException {
        store.record("a", new Fired(NOW, NOW, true, 1, null));
        Files.writeString(
                file.resolveSibling("schedules.json.history"), "{\"id\":\"a\",\"sche", StandardOpenOption.APPEND);
        store.record("a", new Fired(NOW.plusSeconds(1), NOW, true, 1, null));
        assertThat(store.history("a", 10)).hasSize(2);
    }

    @Test
    void a_file_of_the_original_system_is_read() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                [{"id":"x","taskName":"t","queue":"default","spec":{"kind":"interval","everyMs":60000},"args":{},"enabled":true,
                  "jitterMs":null,"lastRunAt":null,"nextRunAt":"2026-01-02T12:00:00.000Z","totalRunCount":0,"meta":{}}]""");
        ScheduleEntry entry = store.due(NOW, 10).getFirst();
        assertThat(store.put(entry).version()).isEqualTo(2);
    }

    @Test
    void a_broken_file_is_named_and_left_alone() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "[{\"id\":\"x\"}]");
        assertThatThrownBy(() -> store.put(entry("a", NOW)))
                .isInstanceOf(ScheduleRefused.class)
                .hasMessageContaining("schedule \"x\": taskName is missing");
        assertThat(Files.readString(file)).isEqualTo("[{\"id\":\"x\"}]");
    }

    @Test
    void concurrent_writers_never_share_a_version() {
        store.put(entry("a", NOW));
        AtomicInteger won = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Stream.generate(() -> new FileScheduleStore(file))
                    .limit(4)
                    .forEach(other -> threads.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            try {
                                other.put(other.get("a").orElseThrow());
                                won.incrementAndGet();
                            } catch (VersionConflict e) {
                                // Another was faster, which is what is being counted.
                            }
                        }
                    }));
        }
        assertThat(store.get("a").orElseThrow().version()).isEqualTo(1 + won.get());
    }

    private static ScheduleEntry entry(String id, Instant next) {
        ScheduleEntry e = ScheduleJsonTest.entry(new Cron("* * * * *", null), Run.NEVER);
        Run run = new Run(null, next, java.time.Duration.ZERO, null, 0, null, null, null, 0);
        return new ScheduleEntry(
                id,
                e.taskName(),
                e.queue(),
                e.spec(),
                e.args(),
                e.kwargs(),
                e.meta(),
                true,
                e.jitter(),
                null,
                null,
                run,
                0);
    }
}
