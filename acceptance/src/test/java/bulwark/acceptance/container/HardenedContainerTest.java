package bulwark.acceptance.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.acceptance.Document;
import bulwark.testkit.FreePort;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Step 7 of "Harden a Stigmem Deployment" with the lines of the document, through a {@code docker} that is podman, and then the container as an attacker inside of it finds it. What the document's
 * {@code cosign} asks of the Internet is no part of this.
 */
@Timeout(1500)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HardenedContainerTest {
    private static final String NAME = "stigmem-node";
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);

    private Path folder = Path.of("");

    private final int port = FreePort.next();
    private ContainerEngine engine;
    private Path tls = Path.of("");
    private Path shims = Path.of("");
    private Document document;

    @BeforeAll
    void prepare(@TempDir Path temporary) throws Exception {
        folder = temporary;
        RequiredProgram.onThePath("openssl");
        engine = ContainerEngine.require();
        NodeImage.build(List.of());
        tls = folder.resolve("tls");
        shims = engine.dockerShim(folder.resolve("shims"), NodeImage.archive(), NAME);
        document = Document.read("facts-stigmem-hardening-tutorial.txt")
                .replacing("/etc/stigmem/tls", tls.toString())
                .replacing("-p 8765:8765", "-p 127.0.0.1:" + port + ":8765")
                .replacing("localhost:8765", "localhost:" + port);
        document.printSubstitutions();
        Shell.Outcome certificates =
                bash(document.block("# Create a working directory", "mkdir -p", "openssl x509 -noout -subject"));
        assertThat(certificates.exitCode()).as("%s", certificates).isZero();
    }

    @AfterAll
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
    }

    private Shell.Outcome bash(String script) throws IOException, InterruptedException {
        return Shell.bash(
                SharedMaterial.repository(),
                Map.of("PATH", shims + ":" + System.getenv("PATH")),
                Duration.ofMinutes(3),
                script);
    }

    @Test
    @Order(1)
    void a_key_that_the_containers_user_cannot_read_is_named_and_ends_the_start() throws Exception {
        assertThat(bash(document.command("Pull and verify the image", "docker pull"))
                        .exitCode())
                .isZero();
        Shell.Outcome started = bash(documentsRun());
        assertThat(started.exitCode()).as("%s", started).isZero();
        assertThat(engine.output("wait", NAME)).isEqualTo("1");
        assertThat(logs())
                .contains("/tls/node.key (STIGMEM_TLS_KEY_PATH) cannot be read")
                .contains("check owner and mode");
        engine.output("rm", NAME);
        // What docs/facts/container.md says of it, and of the authority's key, which no container needs.
        Shell.Outcome mended = bash("chown 65532 " + tls + "/node.key && mv " + tls + "/ca.key " + folder + "/ca.key");
        assertThat(mended.exitCode()).isZero();
    }

    private String documentsRun() {
        return document.command("Run with the full security posture", "docker run -d");
    }

    private String logs() throws IOException, InterruptedException {
        Shell.Outcome logs = engine.podman("logs", NAME);
        return logs.out() + logs.err();
    }

    @Test
    @Order(2)
    void the_documents_lines_start_it_and_print_what_the_document_says() throws Exception {
        Shell.Outcome started = bash(documentsRun());
        assertThat(started.exitCode()).as("%s", started).isZero();
        await().atMost(READY_TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(logs()).contains("ready: mutual TLS on port 8765"));

        Shell.Outcome id = bash(document.command("Verify the process runs as non-root", "docker exec"));
        assertThat(document.says("uid=65532(nonroot) gid=65532(nonroot)")).isTrue();
        assertThat(id.out()).as("%s", id).startsWith("uid=65532(nonroot) gid=65532(nonroot)");

        Shell.Outcome touch = bash(document.command("Verify the read-only filesystem", "docker exec"));
        assertThat(document.says("touch: /etc/test: Read-only file system")).isTrue();
        assertThat(touch.out()).as("%s", touch).isEqualTo("touch: /etc/test: Read-only file system\n");

        Shell.Outcome last = bash(document.command("# 4. Non-root container", "docker exec"));
        assertThat(last.exitCode()).as("%s", last).isZero();
    }

    @Test
    @Order(3)
    void the_machine_sees_no_user_no_capability_and_a_filter() throws Exception {
        List<String> status = Files.readAllLines(Path.of("/proc/" + engine.pid(NAME) + "/status"));
        assertThat(status)
                .contains("Uid:\t65532\t65532\t65532\t65532", "Gid:\t65532\t65532\t65532\t65532")
                .contains("NoNewPrivs:\t1", "Seccomp:\t2")
                .filteredOn(line -> line.startsWith("Cap"))
                .hasSize(5)
                .allMatch(line -> line.endsWith("\t0000000000000000"));
    }

    @Test
    @Order(4)
    void health_is_asked_under_mutual_tls() throws Exception {
        assertThat(engine.output("exec", NAME, "/usr/bin/stigmem", "health")).isEqualTo("healthy");
    }

    @Test
    @Order(5)
    void an_attacker_inside_makes_no_system_call_that_leads_out() throws Exception {
        Shell.Outcome inside = engine.podman("exec", NAME, "/usr/bin/syscall-check");
        assertThat(inside.exitCode()).as("%s", inside).isZero();
        assertThat(inside.out())
                .contains("refused  ptrace: EPERM", "refused  keyctl: EPERM", "refused  io_uring_setup: EPERM")
                .contains("refused  socket of AF_PACKET: EPERM", "refused  socket of AF_VSOCK: EPERM")
                .contains("refused  clone with CLONE_NEWUSER: EPERM")
                .containsPattern("all [0-9]{2} are refused with EPERM");
    }

    /** Otherwise the check above could not fail. */
    @Test
    @Order(6)
    void without_the_profile_the_check_finds_open_calls() throws Exception {
        Shell.Outcome open = engine.podman(
                "run",
                "--rm",
                "--pull=never",
                "--network=none",
                "--cap-drop=ALL",
                "--security-opt=seccomp=unconfined",
                "--entrypoint=/usr/bin/syscall-check",
                engine.output("images", "-q").lines().findFirst().orElseThrow());
        assertThat(open.exitCode()).as("%s", open).isEqualTo(1);
        assertThat(open.out()).contains("OPEN     ptrace", "OPEN     userfaultfd", "are not refused");
    }

    @Test
    @Order(7)
    void nothing_can_be_written_but_data_and_tmp_and_there_is_no_shell() throws Exception {
        List<String> closed = List.of(
                "/x",
                "/etc/x",
                "/usr/bin/x",
                "/opt/bulwark/x",
                "/opt/java/lib/x",
                "/lib64/x",
                "/run/x",
                "/tls/x",
                "/proc/sys/kernel/core_pattern");
        Shell.Outcome refused = engine.podman(Stream.concat(Stream.of("exec", NAME, "/usr/bin/touch"), closed.stream())
                .toArray(String[]::new));
        assertThat(refused.err().lines().filter(line -> line.startsWith("touch: ")))
                .as("%s", refused)
                .hasSize(closed.size());
        engine.output("exec", NAME, "/usr/bin/touch", "/data/allowed", "/tmp/allowed");
        for (String shell : List.of("sh", "/bin/bash", "/usr/bin/env")) {
            assertThat(engine.podman("exec", NAME, shell, "-c", "true").exitCode())
                    .as(shell)
                    .isNotZero();
        }
        // By the machine's own table: what else is mounted for writing is the engine's, on which nothing of ours lies.
        List<String> writable = Files.readAllLines(Path.of("/proc/" + engine.pid(NAME) + "/mountinfo")).stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields[5].startsWith("rw"))
                .map(fields -> fields[4])
                .filter(mount ->
                        Stream.of("/proc", "/dev", "/sys", "/etc/", "/run").noneMatch(mount::startsWith))
                .toList();
        assertThat(writable).containsExactlyInAnyOrder("/data", "/tmp");
    }

    @Test
    @Order(8)
    void what_a_node_does_in_its_life_is_let_through() throws Exception {
        assertThat(engine.output("exec", NAME, "/usr/bin/stigmem", "identity", "rotate-key", "--kind", "node"))
                .startsWith("Key rotation (node) complete");
        assertThat(engine.output("exec", NAME, "/usr/bin/stigmem", "snapshot", "create", "--out", "/data/copy.tar.gz"))
                .contains("snapshot written to /data/copy.tar.gz");
        assertThat(engine.output("exec", NAME, "/usr/bin/stigmem", "fsck")).endsWith("clean");
        engine.output("kill", "-s", "HUP", NAME);
        await().atMost(READY_TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(logs()).contains("TLS material loaded"));
    }

    @Test
    @Order(9)
    void sigterm_drains_it() throws Exception {
        engine.output("stop", "-t", "100", NAME);
        assertThat(engine.output("inspect", "--format", "{{.State.ExitCode}}", NAME))
                .as("not 137, which is a kill")
                .isIn("0", "143");
        String volume = engine.output("volume", "inspect", "--format", "{{.Mountpoint}}", "stigmem-data");
        assertThat(Path.of(volume, "stigmem.db")).exists();
        assertThat(Path.of(volume, "stigmem.db.run.json")).doesNotExist();
        engine.output("rm", NAME);
    }

    @Test
    @Order(10)
    void limits_of_memory_and_processes_hold() throws Exception {
        Shell.Outcome started =
                bash(documentsRun().replace("docker run -d", "docker run -d --memory 256m --pids-limit 128"));
        assertThat(started.exitCode()).as("%s", started).isZero();
        await().atMost(READY_TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(logs()).contains("ready: mutual TLS on port 8765"));
        long pid = engine.pid(NAME);
        assertThat(limit(pid, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo(256L << 20);
        assertThat(limit(pid, "pids", "pids.max", "pids.max")).isEqualTo(128);
        long resident = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
        assertThat(resident).as("KiB at most").isLessThan(256L << 10);
    }

    /** Of the control group that the process is in, by version 1 or 2. */
    private static long limit(long pid, String controller, String first, String second) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (List.of(fields[1].split(",")).contains(controller)) {
                return Long.parseLong(Files.readString(Path.of("/sys/fs/cgroup/" + controller + fields[2], first))
                        .strip());
            }
            if (fields[0].equals("0") && Files.exists(Path.of("/sys/fs/cgroup" + fields[2], second))) {
                return Long.parseLong(Files.readString(Path.of("/sys/fs/cgroup" + fields[2], second))
                        .strip());
            }
        }
        throw new AssertionError("no control group of " + controller + " has process " + pid);
    }
}
