package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.app.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerMultiTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", System.getenv("PATH"));

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        multi("stop", "a", "b");
    }

    @Test
    void workers_are_started_seen_and_stopped() {
        CommandResult started = multi("start", "a", "b");
        assertThat(started.code()).as(started.err()).isZero();
        assertThat(started.out())
                .containsPattern("Started a \\(pid \\d+\\)\\.")
                .containsPattern("Started b \\(pid \\d+\\)\\.");
        assertThat(multi("status", "a", "b").out()).containsPattern("a: running \\(pid \\d+\\)\\.");
        assertThat(multi("status", "a", "c").code()).isEqualTo(3);
        assertThat(multi("status", "c").out()).contains("c: not running (no PID file).");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(read("b.log")).contains("b 2 q1,q2"));
        CommandResult stopped = multi("stop", "a", "b");
        assertThat(stopped.out())
                .containsPattern("Stopping a \\(pid \\d+\\)\\.\\.\\.")
                .contains("Stopped b.");
        assertThat(multi("status", "a").code()).isEqualTo(3);
    }

    @Test
    void a_worker_that_runs_is_not_started_again() {
        multi("start", "a");
        CommandResult again = multi("start", "a");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("a is already running");
    }

    @Test
    void health_is_read_from_the_pid_file() {
        String pidfile = folder.resolve("a.pid").toString();
        CommandResult missing =
                CommandResult.stem(folder, ENVIRONMENT, "worker", "healthcheck", "--pidfile", pidfile, "--json");
        assertThat(missing.code()).isEqualTo(70);
        assertThat(missing.out()).contains("\"error\": \"pidfile-missing\"");
        multi("start", "a");
        CommandResult healthy = CommandResult.stem(folder, ENVIRONMENT, "worker", "healthcheck", "--pidfile", pidfile);
        assertThat(healthy.code()).isZero();
        assertThat(healthy.out()).containsPattern("Worker a healthy \\(pid \\d+, uptime \\d+s\\)\\.");
    }

    @Test
    void a_reused_process_id_is_not_the_worker() throws Exception {
        Path pidfile = Files.writeString(
                folder.resolve("old.pid"), ProcessHandle.current().pid() + "\n");
        Files.setLastModifiedTime(pidfile, java.nio.file.attribute.FileTime.fromMillis(1_000));
        CommandResult look =
                CommandResult.stem(folder, ENVIRONMENT, "worker", "healthcheck", "--pidfile", pidfile.toString());
        assertThat(look.code()).isEqualTo(70);
        assertThat(look.out()).contains("process-not-running");
    }

    @Test
    void diagnosis_marks_what_is_wrong() throws Exception {
        Path env = Files.writeString(folder.resolve("worker.env"), "export STEM_CONCURRENCY=many\nSTEM_LEASE='20s'\n");
        CommandResult told = CommandResult.stem(
                folder,
                ENVIRONMENT,
                "worker",
                "diagnose",
                "--pidfile",
                "none.pid",
                "--logfile",
                "none.log",
                "--env-file",
                env.toString());
        assertThat(told.code()).isEqualTo(70);
        assertThat(told.out())
                .contains("[ERR] none.pid: pidfile-missing")
                .contains("[WARN] none.log does not exist yet")
                .contains("[ERR] STEM_CONCURRENCY");
    }

    private CommandResult multi(String action, String... nodes) {
        java.util.List<String> words = new java.util.ArrayList<>(java.util.List.of("worker", "multi", action));
        words.addAll(java.util.List.of(nodes));
        words.addAll(java.util.List.of(
                "--pidfile", "%n.pid", "--logfile", "%n.log", "--workdir", folder.toString(), "-q", "q1", "-q", "q2"));
        if (!action.equals("status") && !action.equals("stop")) {
            words.addAll(java.util.List.of(
                    "--command",
                    "sh",
                    "--command",
                    "-c",
                    "--command",
                    "echo $STEM_WORKER_NODE $STEM_WORKER_INDEX $STEM_WORKER_QUEUES; exec sleep 30"));
        }
        return CommandResult.stem(folder, ENVIRONMENT, words.toArray(String[]::new));
    }

    private String read(String file) throws Exception {
        return Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
    }
}
