package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.redis.RedisStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.setup.HealthCheck;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.store.TaskStores;
import bulwark.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Health is progress: a worker whose broker answers but takes nothing is not healthy, and says why. */
@Timeout(120)
class WorkerHealthTest {
    @TempDir
    Path folder;

    private RedisServer server;
    private Jedis jedis;
    private WorkerFixture fixture;

    @BeforeEach
    void open() {
        server = RedisServer.start();
        jedis = new Jedis("127.0.0.1", server.port());
        TaskStores stores =
                RedisStores.open(server.url(), null, "w", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
        fixture = new WorkerFixture(stores, Clock.systemUTC(), folder.resolve("evidence"));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        jedis.close();
        server.close();
    }

    private Worker healthy() throws InterruptedException {
        Worker worker = fixture.start();
        assertThat(fixture.awaitEnd(fixture.enqueue("demo.echo")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(worker.problems()).isEmpty();
        assertThat(worker.ready()).isTrue();
        return worker;
    }

    private static void awaitProblem(Worker worker, String words) {
        await().atMost(Duration.ofSeconds(50))
                .until(() -> worker.problems().stream().anyMatch(problem -> problem.contains(words)));
        assertThat(worker.ready()).isFalse();
    }

    private String health() {
        Configuration settings =
                Configuration.readLenient(TaskSettings.schema(), Map.of("STEM_BROKER_URL", server.url()), folder);
        return HealthCheck.run(settings, folder, Clock.systemUTC(), false).stream()
                .filter(finding -> finding.status() == HealthCheck.Status.ERROR)
                .map(HealthCheck.Finding::message)
                .toList()
                .toString();
    }

    @Test
    void a_broker_that_became_a_read_only_replica() throws Exception {
        Worker worker = healthy();
        try (RedisServer primary = RedisServer.start()) {
            jedis.replicaof("127.0.0.1", primary.port());

            awaitProblem(worker, "is a read-only replica");
            assertThat(health()).contains("is a read-only replica");
            jedis.replicaofNoOne();
            await().atMost(Duration.ofSeconds(50)).until(worker::ready);
        }
    }

    @Test
    void a_broker_that_stopped() throws Exception {
        Worker worker = healthy();

        server.kill();

        awaitProblem(worker, "does not accept connections");
        assertThat(health()).contains("does not accept connections");
        server.startAgain();
        await().atMost(Duration.ofSeconds(50)).until(worker::ready);
    }

    @Test
    void a_broker_whose_memory_is_full_is_named_and_drains() throws Exception {
        jedis.configSet("maxmemory", "8mb");
        List<String> ids = new ArrayList<>();
        boolean full = false;
        while (!full) {
            try {
                ids.addAll(fixture.client.enqueueAll(IntStream.range(0, 500)
                        .mapToObj(i -> EnqueueRequest.named(
                                "demo.echo", WorkerFixture.args().put("pad", "x".repeat(1_000))))
                        .toList()));
            } catch (BrokerUnavailable refused) {
                assertThat(refused).hasMessageContaining("is out of memory");
                full = true;
            }
        }
        assertThat(ids).isNotEmpty();
        assertThat(health()).contains("is out of memory");

        Worker worker = fixture.start();

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            var counts = fixture.stores.broker().counts("default");
            return counts.pending() + counts.inFlight() == 0;
        });
        assertThat(fixture.state(ids.getFirst())).isEqualTo(TaskState.SUCCEEDED);
        assertThat(fixture.state(ids.getLast())).isEqualTo(TaskState.SUCCEEDED);
        assertThat(fixture.deadLetters()).isEmpty();

        jedis.configSet("maxmemory", "2mb");
        awaitProblem(worker, "is out of memory");
        jedis.configSet("maxmemory", "0");
        await().atMost(Duration.ofSeconds(50)).until(worker::ready);
    }
}
