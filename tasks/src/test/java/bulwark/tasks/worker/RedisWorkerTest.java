package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.redis.RedisStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.store.TaskStores;
import bulwark.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RedisWorkerTest extends WorkerSuite {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.durable();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    TaskStores open(Clock clock, Path folder) {
        return RedisStores.open(server.url(), null, "w-" + UUID.randomUUID(), ResultBackend.DEFAULT_RETENTION, clock);
    }

    @Nested
    class Outage extends WorkerTestBase {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return RedisWorkerTest.this.open(clock, folder);
        }

        @Test
        void a_worker_survives_a_restart_of_the_broker() throws Exception {
            Worker worker = fixture.start();
            assertThat(fixture.awaitEnd(fixture.enqueue("demo.echo")).state()).isEqualTo(TaskState.SUCCEEDED);

            server.kill();
            WorkerFixture.until(() -> {
                server.startAgain();
                return true;
            });

            assertThat(fixture.awaitEnd(fixture.enqueue("demo.echo")).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(worker.healthy()).isTrue();
        }
    }
}
