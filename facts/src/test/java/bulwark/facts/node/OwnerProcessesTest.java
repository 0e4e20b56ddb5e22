package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.process.ConfinedStart;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A running node, and {@code curl} on its owner's socket, as a task's program would call it. */
@EnabledOnOs(OS.LINUX)
class OwnerProcessesTest {
    @TempDir
    Path directory;

    private FactsNode node;

    @BeforeEach
    void start() throws IOException {
        Map<String, String> settings = Map.of("STIGMEM_PORT", "0", "STIGMEM_LOCAL_HTTP_PORT", "0");
        node = FactsNode.start(settings, directory, new SettableClock(Instant.parse("2026-03-01T00:00:00Z")));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void a_program_of_a_task_can_neither_rotate_keys_nor_mint_an_admin_key() throws Exception {
        for (String path : List.of("/local/identity/rotate", "/local/auth/reissue-admin", "/local/snapshot/create")) {
            Run run = curl(true, path, "{\"kind\":\"node\",\"dry_run\":true,\"dual_trust_days\":90}");
            assertThat(run.status()).as(path + run.body()).isEqualTo(403);
            assertThat(run.body()).contains("\"code\":\"owner_only\"", "the owner's own shell");
        }
        assertThat(export(false)).contains("access_refused", "owner_only", "/local/auth/reissue-admin");
    }

    @Test
    void neither_a_new_session_nor_a_lost_parent_takes_the_mark_off() throws Exception {
        Path answer = directory.resolve("answer");
        String script = "setsid sh -c '(sleep 0; curl -s -o " + answer + ".part -X POST --unix-socket " + socket()
                + " http://localhost/local/auth/reissue-admin; mv " + answer + ".part " + answer + ") &' & exit 0";
        Process process = ConfinedStart.start(new ProcessBuilder("sh", "-c", script));
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> Files.exists(answer));
        assertThat(Files.readString(answer)).contains("\"code\":\"owner_only\"");
    }

    @Test
    void the_owner_rotates_and_the_platform_s_tasks_export() throws Exception {
        Run owner =
                curl(false, "/local/identity/rotate", "{\"kind\":\"node\",\"dry_run\":true,\"dual_trust_days\":90}");
        assertThat(owner.status()).as(owner.body()).isEqualTo(200);
        assertThat(export(true)).contains("fact_audit_log");
    }

    private record Run(int status, String body) {}

    private Run curl(boolean confined, String path, String body) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                "curl", "-s", "-w", "\n%{http_code}", "-d", body, "--unix-socket", socket(), "http://localhost" + path);
        Process process = confined ? ConfinedStart.start(builder) : builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        int line = text.lastIndexOf('\n');
        return new Run(Integer.parseInt(text.substring(line + 1)), text.substring(0, line));
    }

    private String socket() throws IOException {
        return RunFile.ofRunning(directory.resolve("stigmem.db"))
                .orElseThrow()
                .socket()
                .toString();
    }

    private String export(boolean confined) throws IOException, InterruptedException {
        Path file = directory.resolve("export.jsonl");
        Run run = curl(
                confined,
                "/local/audit/export",
                "{\"table\":\"fact_audit_log\",\"since_seq\":0,\"out\":\"" + file + "\"}");
        assertThat(run.status()).as(run.body()).isEqualTo(201);
        return Files.readString(file);
    }
}
