package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.app.up.SelfCommandLine;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A worker whose heap is far smaller than what all its tasks would take at once. It ends at the first sign of memory running out. */
@Timeout(300)
class SmallHeapWorkerTest {
    private static final int TASKS = 24;
    private static final Map<String, String> HMAC = Map.of(
            "STEM_SIGNING_KEYS", "primary:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=",
            "STEM_SIGNING_ACTIVE_KEY", "primary");
    private static final Map<String, String> OTHER_HMAC = Map.of(
            "STEM_SIGNING_KEYS", "primary:b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItMTIz",
            "STEM_SIGNING_ACTIVE_KEY", "primary");

    @TempDir
    Path folder;

    private ProgramProcess worker;

    @AfterEach
    void end() throws InterruptedException {
        if (worker != null) {
            worker.kill();
        }
    }

    @Test
    void on_the_embedded_broker_it_lives_and_every_task_ends() throws Exception {
        itLivesAndEveryTaskEnds(Map.of());
    }

    @Test
    void on_redis_it_lives_and_every_task_ends() throws Exception {
        try (RedisServer redis = RedisServer.durable()) {
            itLivesAndEveryTaskEnds(Map.of("STEM_BROKER_URL", "redis://127.0.0.1:" + redis.port() + "/0"));
        }
    }

    @Test
    void on_redis_it_lives_when_entries_were_planted_that_are_together_longer_than_its_heap() throws Exception {
        int planted = 24;
        try (RedisServer redis = RedisServer.durable()) {
            Map<String, String> environment = with(
                    HMAC, Map.of("STEM_BROKER_URL", "redis://127.0.0.1:" + redis.port() + "/0", "STEM_LEASE", "3s"));
            try (Jedis jedis = new Jedis("127.0.0.1", redis.port(), 30_000)) {
                for (int i = 0; i < planted; i++) {
                    jedis.xadd(
                            "stem:stream:default",
                            XAddParams.xAddParams(),
                            Map.of("id", "planted-" + i, "args", "x".repeat(12 << 20)));
                }
            }
            try (TaskRuntime runtime = TaskRuntime.open(environment, folder, Clock.systemUTC())) {
                String id = runtime.client()
                        .enqueue(EnqueueRequest.named(
                                "demo.sleep",
                                JsonNodeFactory.instance.objectNode().put("ms", 5)));
                launch(environment);
                await().atMost(Duration.ofSeconds(240))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> {
                            assertThat(worker.isAlive()).as(log()).isTrue();
                            return succeeded(runtime, id)
                                    && runtime.stores()
                                                    .broker()
                                                    .counts("default")
                                                    .dead()
                                            == planted;
                        });
            }
        }
    }

    private void itLivesAndEveryTaskEnds(Map<String, String> broker) throws Exception {
        List<String> ids = send(with(HMAC, broker));
        List<String> forged = send(with(OTHER_HMAC, broker));
        launch(with(HMAC, broker));

        try (TaskRuntime runtime = TaskRuntime.open(with(HMAC, broker), folder, Clock.systemUTC())) {
            await().atMost(Duration.ofSeconds(240))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        assertThat(worker.isAlive()).as(log()).isTrue();
                        return ids.stream().allMatch(id -> succeeded(runtime, id))
                                && runtime.stores().broker().counts("default").dead() == forged.size();
                    });
        }
        assertThat(worker.isAlive()).as(log()).isTrue();
    }

    private static boolean succeeded(TaskRuntime runtime, String id) {
        return runtime.stores().results().get(id).orElseThrow().state() == TaskState.SUCCEEDED;
    }

    /** 330,000 empty objects: 990 kB of text, thirty times as much as a tree. */
    private List<String> send(Map<String, String> environment) {
        List<String> ids = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.open(environment, folder, Clock.systemUTC())) {
            ObjectNode args = JsonNodeFactory.instance.objectNode().put("ms", 50);
            ArrayNode list = args.putArray("l");
            for (int i = 0; i < 330_000; i++) {
                list.addObject();
            }
            for (int i = 0; i < TASKS; i++) {
                ids.add(runtime.client().enqueue(EnqueueRequest.named("demo.sleep", args)));
            }
        }
        return ids;
    }

    private void launch(Map<String, String> environment) throws IOException {
        List<String> line = new ArrayList<>(SelfCommandLine.commandLine(List.of("stem", "worker", "start")));
        int flags = Math.max(line.indexOf("-cp"), line.indexOf("-jar"));
        line.addAll(flags, List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"));
        worker = ProgramProcess.start(folder, environment, folder.resolve("w.log"), line);
    }

    private String log() throws IOException {
        String log = worker.logText();
        return log.substring(Math.max(0, log.length() - 4_000));
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }
}
