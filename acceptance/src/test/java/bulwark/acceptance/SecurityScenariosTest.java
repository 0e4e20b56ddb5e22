package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.testkit.FreePort;
import bulwark.testkit.RedisServer;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** "Security Configuration Examples", its three scenarios and its operational notes, with commands and settings read out of the document. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecurityScenariosTest {
    private static final String SCENARIO_1 = "## 1. HMAC-SHA256 without TLS";
    private static final String SCENARIO_2 = "## 2. HMAC-SHA256 with Mutual TLS";
    private static final String SCENARIO_3 = "## 3. Ed25519 Signing with Mutual TLS";

    private Path home = Path.of("");
    private Path certs = Path.of("");
    private int plainPort;
    private int tlsPort;
    private Document document;
    private RedisServer plainRedis;
    private RedisServer tlsRedis;
    private Map<String, String> hmac = Map.of();
    private Map<String, String> tls = Map.of();
    private Map<String, String> ed25519 = Map.of();

    @BeforeAll
    void prepare(@TempDir Path folder) throws IOException, InterruptedException {
        home = folder;
        certs = folder.resolve("certs");
        plainPort = FreePort.next();
        tlsPort = FreePort.next();
        Path scripts = SharedMaterial.repository().resolve("scripts/security");
        document = Document.read("tasks-stem-security-examples.md")
                .replacing("dart run scripts/security/generate_ed25519_keys.dart", scripts + "/generate_ed25519_keys")
                .replacing("scripts/security/generate_tls_assets.sh", scripts + "/generate_tls_assets.sh")
                .replacing("/path/to/certs", certs.toString())
                .replacing("6379", Integer.toString(tlsPort));
        document.printSubstitutions();
        System.out.println("  host name redis -> 127.0.0.1, in a hosts file that only these processes read");
        Files.writeString(folder.resolve("hosts"), "127.0.0.1 redis\n127.0.0.1 localhost\n");
        plainRedis = RedisServer.start("--port", Integer.toString(plainPort), "--appendonly", "no");
    }

    @AfterAll
    void stop() throws InterruptedException {
        plainRedis.close();
        if (tlsRedis != null) {
            tlsRedis.close();
        }
    }

    @Test
    @Order(1)
    void scenario_1_signs_with_a_shared_secret() throws Exception {
        String secret = bash(document.fenced(SCENARIO_1, 1)).out().strip();
        hmac = settings(document.fenced(SCENARIO_1, 2).replace("<paste-base64-secret>", secret));
        assertThat(hmac).containsOnlyKeys("STEM_SIGNING_KEYS", "STEM_SIGNING_ACTIVE_KEY");
        Map<String, String> everyone = with(hmac, plainBroker());
        try (StemProcess worker = StemProcess.start(home, everyone, "worker", "start")) {
            echoes(everyone);

            Shell.Outcome unsigned =
                    StemProcess.run(home, plainBroker(), "enqueue", "demo.echo", "--args", "{\"forged\":true}");
            assertThat(unsigned.exitCode()).as(unsigned.err()).isZero();
            worker.awaitLog("signature verification failed");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> worker.metric("stem_tasks_signature_invalid_total") == 1);
            Shell.Outcome dead = StemProcess.run(home, everyone, "dlq", "list", "--queue", "default");
            assertThat(dead.out()).contains("signature-invalid").contains("demo.echo");

            theBeatSignsToo(everyone);
        }
    }

    private void theBeatSignsToo(Map<String, String> everyone) throws IOException, InterruptedException {
        Path file = Files.writeString(home.resolve("tick.json"), """
                [{"id":"tick","task":"demo.echo","schedule":"every:1s","args":{"from":"beat"}}]
                """);
        Shell.Outcome applied =
                StemProcess.run(home, everyone, "schedule", "apply", "--file", file.toString(), "--yes");
        assertThat(applied.exitCode()).as(applied.err()).isZero();
        assertThat(applied.out()).contains("Applied 1 schedule(s).");
        try (StemProcess beat = StemProcess.start(home, everyone, "beat")) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> StemProcess.run(home, everyone, "schedule", "show", "tick")
                            .out()
                            .contains("\"totalRunCount\": 2"));
            assertThat(beat.alive()).isTrue();
        }
        assertThat(StemProcess.run(home, everyone, "dlq", "list", "--queue", "default")
                        .out()
                        .lines()
                        .filter(line -> line.contains("signature-invalid")))
                .hasSize(1);
        StemProcess.run(home, everyone, "schedule", "delete", "--id", "tick", "--yes");
    }

    @Test
    @Order(2)
    void scenario_2_adds_mutual_tls() throws Exception {
        Shell.Outcome generated = bash(document.fenced(SCENARIO_2, 1));
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        assertThat(generated.out()).startsWith("Generated TLS assets in certs").contains("stem.local,redis");
        for (String name : List.of("ca.crt", "server.crt", "server.key", "client.crt", "client.key")) {
            assertThat(certs.resolve(name)).exists();
        }
        for (String name : List.of("server.key", "client.key", "ca.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certs.resolve(name))))
                    .isEqualTo("rw-------");
        }
        tls = with(settings(document.fenced(SCENARIO_2, 2)), tlsBroker());
        tlsRedis =
                RedisServer.ofCommandLine(home, document.fenced(SCENARIO_2, 3).strip(), tlsPort);

        Map<String, String> everyone = with(hmac, tls);
        try (StemProcess worker = StemProcess.start(home, everyone, "worker", "start")) {
            echoes(everyone);
            assertThat(worker.alive()).isTrue();
        }
        Shell.Outcome list = StemProcess.run(home, everyone, "schedule", "list");
        assertThat(list.exitCode()).as(list.err()).isZero();
        assertThat(list.out()).contains("No schedules found.");
        strangersAreRefused();
    }

    private void strangersAreRefused() throws IOException, InterruptedException {
        Map<String, String> noCertificate = with(tlsBroker(), Map.of("STEM_TLS_CA_CERT", certs + "/ca.crt"));
        Shell.Outcome refused = StemProcess.run(home, noCertificate, "schedule", "list");
        assertThat(refused.exitCode()).isEqualTo(70);
        assertThat(refused.err()).containsIgnoringCase("client certificate").contains("STEM_TLS_CLIENT_CERT");

        Map<String, String> plaintext = Map.of(
                "STEM_BROKER_URL",
                "redis://127.0.0.1:" + tlsPort + "/0",
                "STEM_SCHEDULE_STORE_URL",
                "redis://127.0.0.1:" + tlsPort + "/0");
        assertThat(StemProcess.run(home, plaintext, "schedule", "list").exitCode())
                .isEqualTo(70);

        Map<String, String> byAddress = with(
                tls,
                Map.of(
                        "STEM_BROKER_URL", "rediss://127.0.0.1:" + tlsPort + "/0",
                        "STEM_SCHEDULE_STORE_URL", "rediss://localhost:" + tlsPort + "/0"));
        assertThat(StemProcess.run(home, with(hmac, byAddress), "schedule", "list")
                        .exitCode())
                .isZero();
    }

    @Test
    @Order(3)
    void scenario_3_leaves_workers_without_a_secret() throws Exception {
        String printed = bash(document.fenced(SCENARIO_3, 1)).out();
        ed25519 = settings(printed);
        assertThat(ed25519.keySet())
                .containsExactlyElementsOf(
                        settings(document.fenced(SCENARIO_3, 2)).keySet());
        assertThat(printed.lines()).hasSize(4);

        Map<String, String> producer = with(ed25519, tls);
        Map<String, String> verifier = new HashMap<>(producer);
        verifier.remove("STEM_SIGNING_PRIVATE_KEYS");
        try (StemProcess worker = StemProcess.start(home, verifier, "worker", "start")) {
            echoes(producer);
            Shell.Outcome flaky = StemProcess.run(
                    home,
                    producer,
                    "enqueue",
                    "demo.flaky",
                    "--args",
                    "{\"failures\":1}",
                    "--max-retries",
                    "2",
                    "--wait");
            assertThat(flaky.exitCode()).as(flaky.err() + worker.logText()).isZero();

            Shell.Outcome wrong = StemProcess.run(home, with(hmac, tls), "enqueue", "demo.echo");
            assertThat(wrong.exitCode()).isZero();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> worker.metric("stem_tasks_signature_invalid_total") == 1);
        }
    }

    /** Both scenarios name their key "primary": a worker with both rings rejects nothing that was signed before the move. */
    @Test
    @Order(4)
    void moving_from_the_shared_secret_to_key_pairs_rejects_nothing() throws Exception {
        Map<String, String> before = with(hmac, tls);
        Shell.Outcome delayed = StemProcess.run(
                home, before, "enqueue", "demo.echo", "--args", "{\"signed\":\"before\"}", "--countdown", "3s");
        assertThat(delayed.exitCode()).as(delayed.err()).isZero();
        Map<String, String> both = with(with(hmac, ed25519), tls);
        try (StemProcess worker = StemProcess.start(home, both, "worker", "start")) {
            echoes(with(ed25519, tls));
            await().atMost(Duration.ofSeconds(30)).until(() -> worker.metric("stem_tasks_succeeded_total") == 2);
            assertThat(worker.metric("stem_tasks_signature_invalid_total")).isZero();
        }
    }

    /** "set the signing variables if the CLI invokes APIs that expect signatures (e.g. replaying DLQ entries)" — and it works without them. */
    @Test
    @Order(5)
    void dead_letters_are_replayed_with_and_without_keys() throws Exception {
        assertThat(document.says("replaying DLQ entries")).isTrue();
        Map<String, String> producer = with(ed25519, tls);
        try (StemProcess worker = StemProcess.start(home, producer, "worker", "start")) {
            for (Map<String, String> cli : List.of(producer, tls)) {
                Shell.Outcome failed = StemProcess.run(
                        home,
                        producer,
                        "enqueue",
                        "demo.flaky",
                        "--args",
                        "{\"failures\":2}",
                        "--max-retries",
                        "1",
                        "--wait");
                assertThat(failed.exitCode()).as(failed.out()).isNotZero();
                Shell.Outcome replayed =
                        StemProcess.run(home, cli, "dlq", "replay", "--queue", "default", "--limit", "50", "--yes");
                assertThat(replayed.exitCode()).as(replayed.err()).isZero();
                assertThat(replayed.out()).startsWith("Replayed ").contains("demo.flaky");
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> worker.metric("stem_tasks_succeeded_total") >= 2);
        }
    }

    private void echoes(Map<String, String> producer) throws IOException, InterruptedException {
        Shell.Outcome echoed =
                StemProcess.run(home, producer, "enqueue", "demo.echo", "--args", "{\"hello\":\"world\"}", "--wait");
        assertThat(echoed.exitCode()).as(echoed.err()).isZero();
        assertThat(echoed.out()).contains("\"hello\"").contains("\"world\"");
    }

    private Map<String, String> plainBroker() {
        String url = "redis://127.0.0.1:" + plainPort + "/0";
        return Map.of("STEM_BROKER_URL", url, "STEM_SCHEDULE_STORE_URL", url, "STEM_STATE_DIR", home + "/state");
    }

    private Map<String, String> tlsBroker() {
        assertThat(document.says("rediss://redis:6379/0")).isTrue();
        String url = "rediss://redis:" + tlsPort + "/0";
        return Map.of(
                "STEM_BROKER_URL",
                url,
                "STEM_SCHEDULE_STORE_URL",
                url,
                "STEM_STATE_DIR",
                home + "/state",
                "JAVA_TOOL_OPTIONS",
                "-Djdk.net.hosts.file=" + home.resolve("hosts"));
    }

    private Shell.Outcome bash(String script) throws IOException, InterruptedException {
        return Shell.bash(home, Map.of(), Duration.ofSeconds(60), script);
    }

    /** NAME=value lines. */
    private static Map<String, String> settings(String block) {
        Map<String, String> settings = new LinkedHashMap<>();
        block.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            settings.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return settings;
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(some);
        all.putAll(more);
        return all;
    }
}
