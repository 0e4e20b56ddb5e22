package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.embedded.EmbeddedStores;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.redis.RedisStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.store.TaskStores;
import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** What waiting costs, counted where it is paid: commands at the server, bytes in the file. */
@Timeout(120)
class WaitingFiguresTest {
    private static final Pattern COMMANDS = Pattern.compile("total_commands_processed:(\\d+)");
    private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");
    private static final Duration WINDOW = Duration.ofSeconds(6);

    @TempDir
    Path folder;

    private static long commands(Jedis jedis) {
        Matcher matcher = COMMANDS.matcher(jedis.info("stats"));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** What the server did in the given time, by command; the looks at it are left out. */
    private static Map<String, Long> commandsIn(Duration time, Jedis jedis) {
        jedis.configResetStat();
        passes(time);
        Map<String, Long> calls = new TreeMap<>();
        Matcher matcher = CALLS.matcher(jedis.info("commandstats"));
        while (matcher.find()) {
            if (!matcher.group(1).equals("info") && !matcher.group(1).startsWith("config")) {
                calls.put(matcher.group(1), Long.parseLong(matcher.group(2)));
            }
        }
        return calls;
    }

    private static long sum(Map<String, Long> calls) {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void passes(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }

    private static List<EnqueueRequest> requests(String name, int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> EnqueueRequest.named(name, WorkerFixture.args()))
                .toList();
    }

    /** A heartbeat is a worker's sign of life, whatever waits. */
    private static WorkerSettings withoutHeartbeats(WorkerFixture fixture) {
        return fixture.settings(Duration.ofHours(1));
    }

    private static TaskStores redis(RedisServer server) {
        return RedisStores.open(server.url(), null, "w", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
    }

    /** BullMQ: 4,880 commands in 30 s. */
    @Test
    void three_thousand_tasks_limited_to_five_a_second_cost_what_runs() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (RedisServer server = RedisServer.start();
                Jedis jedis = new Jedis("127.0.0.1", server.port());
                WorkerFixture fixture = new WorkerFixture(redis(server), Clock.systemUTC(), folder)) {
            TaskOptions limited =
                    new TaskOptions(0, null, null, "5/s", null, null, "tenant", true, false, null, 0, null, null);
            fixture.handler("slowly", limited, context -> runs.incrementAndGet());
            fixture.client.enqueueAll(requests("slowly", 3_000));

            long before = commands(jedis);
            fixture.start(withoutHeartbeats(fixture));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> jedis.exists("w:backlog-limits:default")
                            && jedis.keys("w:backlog:default:*").stream()
                                                    .mapToLong(jedis::zcard)
                                                    .sum()
                                            + runs.get()
                                    >= 2_990);
            long intake = commands(jedis) - before;
            int ranBefore = runs.get();
            Map<String, Long> running = commandsIn(WINDOW, jedis);
            int ran = runs.get() - ranBefore;

            assertThat(ran).isBetween(5, 60);
            long rest = sum(running) * (150 - ranBefore) / ran;
            assertThat(intake + rest)
                    .as(
                            "commands for 150 runs: %s for all that was laid aside and %s runs, for %s runs %s",
                            intake, ranBefore, ran, running)
                    .isLessThan(4_880);
        }
    }

    @Test
    void ten_thousand_tasks_of_a_paused_queue_cost_less_than_a_command_a_second() throws Exception {
        try (RedisServer server = RedisServer.start();
                Jedis jedis = new Jedis("127.0.0.1", server.port());
                WorkerFixture fixture = new WorkerFixture(redis(server), Clock.systemUTC(), folder)) {
            pausedWithTenThousand(fixture);

            Duration window = Duration.ofSeconds(10);
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(commandsIn(window, jedis))
                            .satisfies(calls -> assertThat(sum(calls)).isLessThan(window.toSeconds())));
        }
    }

    @Test
    void ten_thousand_tasks_of_a_paused_queue_write_nothing_to_the_embedded_store() throws Exception {
        Path file = folder.resolve("tasks.db");
        try (WorkerFixture fixture = new WorkerFixture(
                EmbeddedStores.open(file, Clock.systemUTC()), Clock.systemUTC(), folder.resolve("evidence"))) {
            pausedWithTenThousand(fixture);

            await().atMost(Duration.ofSeconds(60)).until(() -> {
                long before = written(file);
                passes(Duration.ofSeconds(2));
                return written(file) == before;
            });
        }
    }

    /** Grows or is begun anew with each commit. */
    private static long written(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return Files.getLastModifiedTime(log).toMillis() + Files.size(log);
    }

    private static void pausedWithTenThousand(WorkerFixture fixture) throws Exception {
        Worker worker = fixture.start(withoutHeartbeats(fixture));
        ControlClient control = fixture.control(WorkerFixture.HMAC);
        assertThat(control.request("queue_pause", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(20)))
                .hasSize(1);
        fixture.client.enqueueAll(requests("demo.echo", 10_000));
        assertThat(fixture.stores.broker().counts("default").pending()).isGreaterThanOrEqualTo(9_990);
    }
}
