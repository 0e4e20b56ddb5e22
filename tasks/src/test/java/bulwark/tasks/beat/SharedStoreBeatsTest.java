package bulwark.tasks.beat;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.embedded.EmbeddedStores;
import bulwark.tasks.redis.RedisStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.store.TaskStores;
import bulwark.testkit.RedisServer;
import bulwark.testkit.RequiredProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Several beats over one store, as several processes would have it. */
@Timeout(60)
class SharedStoreBeatsTest {
    private final SettableClock clock = new SettableClock(BeatFixture.START);

    @TempDir
    private Path folder;

    @Test
    void each_nominal_time_is_sent_exactly_once_through_the_local_socket_of_an_embedded_store() throws Exception {
        Path file = Files.createDirectory(
                        folder.resolve("s"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                .resolve("tasks.db");
        eachOnce(() -> EmbeddedStores.open(file, clock));
    }

    @Test
    void each_nominal_time_is_sent_exactly_once_through_redis() throws Exception {
        RequiredProgram.onThePath("redis-server");
        try (RedisServer server = RedisServer.start()) {
            eachOnce(() -> RedisStores.open(server.url(), null, "beats", ResultBackend.DEFAULT_RETENTION, clock));
        }
    }

    private void eachOnce(Supplier<TaskStores> open) throws Exception {
        List<TaskStores> stores = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> ticks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                TaskStores each = open.get();
                stores.add(each);
                Beat beat = new Beat(
                        each.schedules(), each.broker(), BeatFixture.signing(BeatFixture.HMAC), new Metrics(), clock);
                ticks.add(beat::tick);
            }
            stores.getLast().schedules().put(NextRun.planned(everySecond(), clock.instant()));
            for (int second = 1; second <= 20; second++) {
                clock.advance(Duration.ofSeconds(1));
                for (Future<Integer> tick : threads.invokeAll(ticks)) {
                    tick.get();
                }
            }
            assertThat(stores.getFirst()
                            .broker()
                            .receive(Subscription.toQueue("default", "test", Duration.ofHours(1)), 100, Duration.ZERO))
                    .hasSize(20);
            Run run = stores.get(1).schedules().get("a").orElseThrow().run();
            assertThat(run.totalRunCount()).isEqualTo(20);
            assertThat(run.missed()).isZero();
        } finally {
            stores.reversed().forEach(TaskStores::close);
        }
    }

    private static ScheduleEntry everySecond() {
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        return new ScheduleEntry(
                "a",
                "demo.echo",
                "default",
                ScheduleJson.ofSpec("every:1s"),
                none,
                none,
                none,
                true,
                Duration.ZERO,
                null,
                null,
                Run.NEVER,
                0);
    }
}
