package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.testkit.LoopbackServer;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whatever a target is, a visit ends in time, holds on to no memory, gives no credential away, and has a sentence for each probe. */
@Timeout(900)
class HostileTargetTest {
    /** Of a target that says nothing: deadlines make it, and not the processor. */
    private static final long MAX_DEAD_MILLIS = 30_000;

    private static final int AT_ONCE = 4;
    private static final long MAX_GROWTH_BYTES = 48L << 20;
    private static final Pattern HARMFUL =
            Pattern.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]");

    /** Kinds that gave no answer at all: whatever is said of such a target was never seen. */
    private static final List<String> DEAD = List.of("closed", "stopped", "silent", "drips-head", "drips-body");

    @TempDir
    Path folder;

    private final ConcurrentLinkedQueue<String> stolen = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void credentials() throws Exception {
        folder = folder.toRealPath();
        for (String name : List.of("read", "audit")) {
            OwnerOnlyFiles.write(
                    folder.resolve(name), ("canary-" + name + "-0123456789\n").getBytes(StandardCharsets.UTF_8));
        }
        CertificateAuthority.openOrCreate(folder.resolve("own"), "Bulwark local CA", Clock.systemUTC())
                .issue("doctor", "stigmem://doctor/observer", List.of("localhost"), Duration.ofDays(2));
        CertificateAuthority.openOrCreate(folder.resolve("other"), "Somebody else", Clock.systemUTC())
                .issue("node", "stigmem://local/nodes/node", List.of("localhost"), Duration.ofDays(90));
    }

    /** What is sent to a server that no target names. */
    private LoopbackServer canary() {
        return LoopbackServer.start(connection -> {
            byte[] received = new byte[1 << 14];
            int length = connection.getInputStream().read(received);
            stolen.add(new String(received, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
        });
    }

    private Path target(String name, String plain, String tls) throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("plain_url", plain);
        facts.put("tls_url", tls);
        facts.put("read_key_file", folder.resolve("read").toString());
        facts.put("audit_key_file", folder.resolve("audit").toString());
        facts.put("certificate", folder.resolve("own/doctor.crt").toString());
        facts.put("authority", folder.resolve("own/ca.crt").toString());
        facts.put("client_certificate", folder.resolve("own/doctor.crt").toString());
        facts.put("client_key", folder.resolve("own/doctor.key").toString());
        Path file = folder.resolve(name + ".json");
        OwnerOnlyFiles.write(
                file,
                StrictJson.pretty(Map.of("version", 1, "name", name, "parts", Map.of("facts", facts)))
                        .getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private Shell.Outcome visit(Path target) {
        return DoctorRun.of(
                folder,
                Clock.systemUTC(),
                "--json",
                "--timeout",
                "200",
                "--target",
                target.toString(),
                "--memory",
                folder.resolve("memory").toString());
    }

    private static JsonNode report(String name, Shell.Outcome outcome) {
        assertThat(outcome.exitCode()).as(name + " " + outcome.err()).isIn(1, 3);
        assertThat(HARMFUL.matcher(outcome.out()).find()).as(name).isFalse();
        JsonNode report = StrictJson.parse(outcome.out().getBytes(StandardCharsets.UTF_8));
        assertThat(report.path("complete").asBoolean(false)).as(name).isTrue();
        assertThat(report.path("requests").asLong(Long.MAX_VALUE)).as(name).isLessThanOrEqualTo(600);
        report.path("probes").forEach(probe -> {
            assertThat(probe.path("seen").asString(""))
                    .as(name + " " + probe)
                    .contains(" ")
                    .doesNotContain("Exception");
            assertThat(probe.path("expected").asString(""))
                    .as(name + " " + probe)
                    .isNotBlank();
        });
        return report;
    }

    private static Map<String, String> words(JsonNode report, String status) {
        Map<String, String> words = new TreeMap<>();
        report.path("probes").forEach(probe -> {
            if (probe.path("status").asString("").equals(status)) {
                words.put(probe.path("id").asString(""), probe.path("seen").asString(""));
            }
        });
        return words;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void every_kind_of_bad_server_makes_a_report_in_time_and_gets_nothing() throws Exception {
        long before = used();
        Map<String, JsonNode> reports = new TreeMap<>();
        try (LoopbackServer canary = canary();
                HostileServers servers = new HostileServers(canary.port());
                TlsImpostor impostor =
                        new TlsImpostor(folder.resolve("other/node.crt"), folder.resolve("other/node.key"), null);
                ExecutorService all = Executors.newFixedThreadPool(AT_ONCE)) {
            Map<String, Path> targets = new TreeMap<>();
            for (Map.Entry<String, Integer> server : servers.ports().entrySet()) {
                String address = "://localhost:" + server.getValue();
                targets.put(server.getKey(), target(server.getKey(), "http" + address, "https" + address));
            }
            targets.put("somebody-else", target("somebody-else", "http://localhost:1", impostor.url()));
            Map<String, Future<Shell.Outcome>> visits = new TreeMap<>();
            targets.forEach((name, file) -> visits.put(name, all.submit(() -> visit(file))));
            for (Map.Entry<String, Future<Shell.Outcome>> visit : visits.entrySet()) {
                reports.put(
                        visit.getKey(), report(visit.getKey(), visit.getValue().get()));
            }
            assertThat(stolen).isEmpty();
            assertThat(canary.connections()).isZero();
        }
        for (String dead : DEAD) {
            assertThat(words(reports.get(dead), "pass")).as(dead).isEmpty();
            assertThat(reports.get(dead).path("took_ms").asLong(Long.MAX_VALUE))
                    .as(dead)
                    .isLessThan(MAX_DEAD_MILLIS);
            assertThat(words(reports.get(dead), "error")).as(dead).containsKey("FACTS-TLS-04");
        }
        assertThat(words(reports.get("somebody-else"), "pass")).doesNotContainKeys("FACTS-TLS-01", "FACTS-TLS-02");
        assertThat(words(reports.get("a-year-off"), "pass")).doesNotContainKeys("FACTS-AUDIT-03", "FACTS-ID-01");
        assertThat(words(reports.get("control-text"), "pass")).doesNotContainKeys("FACTS-HEALTH-01", "FACTS-ID-01");
        assertThat(words(reports.get("no-http"), "pass")).doesNotContainKeys("FACTS-TLS-01", "FACTS-TLS-02");
        reports.clear();
        assertThat(used() - before).isLessThan(MAX_GROWTH_BYTES);
    }

    @Test
    void a_run_file_that_lies_sends_nothing_to_the_port_that_it_names() throws Exception {
        Path facts = Files.createDirectories(folder.resolve("state/facts"));
        try (LoopbackServer canary = canary()) {
            // Another process than the one that listens there.
            Process other = new ProcessBuilder("tail", "-f", "/dev/null").start();
            try {
                OwnerOnlyFiles.write(
                        facts.resolve("stigmem.db.run.json"),
                        StrictJson.write(Map.of(
                                "pid", other.pid(),
                                "socket", facts.resolve("none.sock").toString(),
                                "port", canary.port(),
                                "plain_port", canary.port())));
                JsonNode report = report("lies", state());
                assertThat(words(report, "error").get("FACTS-TLS-01")).contains("does not listen there");
            } finally {
                other.destroyForcibly().waitFor();
            }
            assertThat(canary.connections()).isZero();
        }
        for (String bad : List.of("", "[".repeat(10_000), "{\"pid\":-1}", "{\"pid\":1,\"socket\":7}", "\0\0")) {
            Files.writeString(facts.resolve("stigmem.db.run.json"), bad);
            JsonNode report = report(bad.substring(0, Math.min(9, bad.length())), state());
            assertThat(words(report, "error")).containsKey("FACTS-TLS-01");
        }
    }

    @Test
    void a_state_folder_of_another_user_is_no_reason_to_stop() throws Exception {
        Path facts = Files.createDirectories(folder.resolve("state/facts"));
        Files.createDirectories(folder.resolve("state/tasks/worker"));
        Files.writeString(facts.resolve("stigmem.db.run.json"), "{}");
        Shell.bash(folder, Map.of(), Duration.ofMinutes(1), "chown -R 65534 state && chmod 711 state");
        JsonNode report = report("another user's", state());
        assertThat(words(report, "pass")).doesNotContainKey("FACTS-TLS-01");
    }

    private Shell.Outcome state() {
        return DoctorRun.of(
                folder,
                Clock.systemUTC(),
                "--json",
                "--state",
                folder.resolve("state").toString(),
                "--memory",
                folder.resolve("memory").toString());
    }
}
