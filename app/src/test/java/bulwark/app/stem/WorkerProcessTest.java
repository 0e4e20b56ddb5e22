package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.app.CommandResult;
import bulwark.app.up.SelfCommandLine;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker in a process of its own, and the commands that send to it, ask it and stop it. */
@Timeout(240)
class WorkerProcessTest {
    private static final Map<String, String> HMAC = Map.of(
            "STEM_SIGNING_KEYS", "primary:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=",
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
    void tasks_and_control_commands_run_on_the_embedded_broker() throws Exception {
        Map<String, String> environment = with(HMAC, Map.of("STEM_METRICS_PORT", String.valueOf(FreePort.next())));
        start(environment);
        tasksRunAndCommandsAreObeyed(environment);
        String port = environment.get("STEM_METRICS_PORT");
        assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(port, "/healthz").body()).contains("\"ok\"");
        assertThat(get(port, "/metrics").body())
                .contains("stem_tasks_succeeded_total{queue=\"default\",task=\"demo.echo\"}");
        assertThat(get(port, "/nothing").statusCode()).isEqualTo(404);
        stopsBySignal("TERM");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(".stem"))))
                .isEqualTo("rwx------");
    }

    @Test
    void tasks_and_control_commands_run_on_redis() throws Exception {
        try (RedisServer redis = RedisServer.durable()) {
            Map<String, String> environment =
                    with(HMAC, Map.of("STEM_BROKER_URL", "redis://127.0.0.1:" + redis.port() + "/0"));
            start(environment);
            tasksRunAndCommandsAreObeyed(environment);
            CommandResult stopping =
                    CommandResult.stem(folder, environment, "worker", "shutdown", "--mode", "soft", "--timeout", "30s");
            assertThat(stopping.out())
                    .contains("Worker ")
                    .contains(" initiated ")
                    .contains("soft");
            assertThat(worker.awaitEnd()).isZero();
        }
    }

    @Test
    void without_keys_a_worker_refuses_to_start_unless_allowed_by_setting() throws Exception {
        launch(Map.of());
        assertThat(worker.awaitEnd()).isEqualTo(64);
        assertThat(worker.logText()).contains("STEM_ALLOW_UNSIGNED=1");
    }

    private void tasksRunAndCommandsAreObeyed(Map<String, String> environment) {
        CommandResult echo = CommandResult.stem(
                folder, environment, "enqueue", "demo.echo", "--args", "{\"hello\":\"world\"}", "--wait");
        assertThat(echo.code()).as(echo.err()).isZero();
        assertThat(echo.out()).isEqualTo("{\"hello\":\"world\"}\n");
        CommandResult unknown = CommandResult.stem(folder, environment, "enqueue", "no.such.task", "--wait");
        assertThat(unknown.code()).isEqualTo(70);
        assertThat(unknown.err()).contains(" failed: ");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(CommandResult.stem(folder, environment, "dlq", "list", "-q", "default")
                                .out())
                        .contains("unregistered-task"));
        // Its first heartbeat and its first look at the control channel come a moment after its first task.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(CommandResult.stem(folder, environment, "worker", "ping")
                                .out())
                        .contains("Worker ")
                        .contains(" ok ")
                        .contains("default"));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(CommandResult.stem(folder, environment, "worker", "status")
                                .out())
                        .contains("(namespace: stem) @ "));
        assertThat(CommandResult.stem(folder, environment, "worker", "ping", "-w", "nobody", "--timeout", "300ms"))
                .satisfies(ran -> assertThat(ran.out()).contains("No replies received within 300ms."))
                .satisfies(ran -> assertThat(ran.err()).contains("No reply from: nobody"))
                .satisfies(ran -> assertThat(ran.code()).isEqualTo(70));
        assertThat(CommandResult.stem(folder, environment, "worker", "pause", "-q", "default", "--timeout", "30s")
                        .out())
                .contains("Paused queues (after)");
        CommandResult held =
                CommandResult.stem(folder, environment, "enqueue", "demo.echo", "--wait", "--timeout", "700ms");
        assertThat(held.code()).isEqualTo(1);
        CommandResult.stem(folder, environment, "worker", "resume", "-q", "default", "--timeout", "30s");
        CommandResult free = CommandResult.stem(folder, environment, "enqueue", "demo.echo", "--wait");
        assertThat(free.code()).as(free.err()).isZero();
        // Who does not sign is not obeyed by a worker that can verify.
        Map<String, String> stranger = new HashMap<>(environment);
        stranger.keySet().removeAll(HMAC.keySet());
        assertThat(CommandResult.stem(folder, stranger, "worker", "shutdown", "--timeout", "1s")
                        .out())
                .contains("No replies received");
        assertThat(worker.isAlive()).isTrue();
    }

    private void stopsBySignal(String name) throws Exception {
        worker.signal(name);
        assertThat(worker.awaitEnd()).isZero();
        assertThat(folder.resolve("w.pid")).doesNotExist();
        assertThat(worker.logText()).contains("stops (WARM)");
    }

    private void start(Map<String, String> environment) throws Exception {
        launch(environment);
        worker.awaitReady(() -> Files.exists(folder.resolve("w.pid")));
    }

    private void launch(Map<String, String> environment) throws IOException {
        worker = ProgramProcess.start(
                folder,
                environment,
                folder.resolve("w.log"),
                SelfCommandLine.commandLine(List.of("stem", "worker", "start", "--pidfile", "w.pid")));
    }

    private static HttpResponse<String> get(String port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }
}
