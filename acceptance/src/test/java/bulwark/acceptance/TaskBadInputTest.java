package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.testkit.RedisServer;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

/** An attacker with access to Redis writes anything: nothing of it runs, each entry is a dead letter with its reason, and honest tasks go on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TaskBadInputTest {
    private static final String STREAM = "stem:stream:default";

    private Path folder = Path.of("");
    private Path record = Path.of("");
    private RedisServer redis;
    private Jedis jedis;
    private StemProcess worker;
    private Map<String, String> settings = Map.of();
    private EnvelopeSigning signing;
    private int entries;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        folder = home;
        record = home.resolve("runs");
        redis = RedisServer.durable();
        jedis = new Jedis("127.0.0.1", redis.port());
        settings = TaskFleet.settings(home, redis.url());
        settings.put("STEM_MAX_ENVELOPE_BYTES", "65536");
        signing = EnvelopeSigning.of(Configuration.read(TaskSettings.schema(), settings, home), Signing.fastest());
        worker = StemProcess.start(home, settings, "worker", "start");
    }

    @AfterAll
    void stop() throws InterruptedException {
        jedis.close();
        worker.close();
        redis.close();
    }

    private Envelope envelope(String name, String queue) {
        entries++;
        return EnvelopeCodec.ofJson(
                        "{\"id\":\"0192f000-0000-7000-8000-%012d\",\"name\":\"%s\",\"args\":{\"file\":\"%s\"},\"enqueuedAt\":\"%s\",\"queue\":\"%s\"}"
                                .formatted(
                                        entries,
                                        name,
                                        record,
                                        Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                                        queue))
                .envelope();
    }

    private Map<String, String> signed(String name, String queue) {
        return new LinkedHashMap<>(EnvelopeCodec.fields(Message.fresh(signing.sign(envelope(name, queue)))));
    }

    private void add(Map<String, String> fields) {
        jedis.xadd(STREAM, fields, XAddParams.xAddParams());
    }

    private void addChanged(String field, String value) {
        Map<String, String> fields = signed("acceptance.record", "default");
        fields.put(field, value);
        add(fields);
    }

    private void addWithSignature(String signature, String keyId) {
        Envelope envelope = envelope("acceptance.record", "default");
        Map<String, String> headers = new HashMap<>();
        headers.put(Envelope.SIGNATURE, signature);
        headers.put(Envelope.SIGNATURE_KEY, keyId);
        add(EnvelopeCodec.fields(Message.fresh(envelope.withHeaders(headers))));
    }

    @Test
    void hostile_entries_are_dead_letters_with_their_reason_and_nothing_of_them_runs() throws Exception {
        String good = signed("acceptance.record", "default").get("headers");
        addChanged("args", "{\"file\":");
        addChanged("args", "[1,2]");
        addChanged("args", "not json");
        addChanged("headers", "{\"a\":1}");
        addChanged("attempt", "-1");
        addChanged("enqueuedAt", "yesterday");
        addChanged("meta", "{\"a\":1,\"a\":2}");
        add(Map.of("id", "only-an-id"));
        addChanged("args", "{\"file\":\"" + "x".repeat(70_000) + "\"}");
        addChanged("name", "acceptance.record\n\u0000;rm -rf /");
        int malformed = 10;
        addChanged("args", "{\"file\":\"" + folder.resolve("other") + "\"}");
        addChanged("name", "demo.echo");
        addChanged("id", "0192f000-0000-7000-8000-0000000000ff");
        addWithSignature("AAAA", "primary");
        addWithSignature("no base64!", "primary");
        addWithSignature("AAAA", "unknown");
        add(EnvelopeCodec.fields(Message.fresh(envelope("acceptance.record", "default"))));
        addChanged("headers", good);
        int forged = 8;
        add(signed("acceptance.record", "another-queue"));
        add(signed("no.such.task", "default"));
        add(signed("../../etc/passwd;rm -rf /", "default"));

        int all = malformed + forged + 3;
        await().atMost(Duration.ofSeconds(60)).until(() -> jedis.llen("stem:dead:default") == all);
        Map<String, Long> reasons = jedis.lrange("stem:dead:default", 0, -1).stream()
                .map(letter -> letter.replaceAll("(?s).*\"reason\":\"([^\"]*)\".*", "$1"))
                .collect(Collectors.groupingBy(reason -> reason, Collectors.counting()));
        assertThat(reasons)
                .containsEntry("signature-invalid", (long) forged)
                .containsEntry("queue-mismatch", 1L)
                .containsEntry("unregistered-task", 2L);
        assertThat(reasons.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(all);
        assertThat(Files.exists(record)).isFalse();
        assertThat(worker.alive()).isTrue();

        add(signed("acceptance.record", "default"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> RecordedRuns.read(record).total() == 1);
        Shell.Outcome listed = StemProcess.run(folder, settings, "dlq", "list", "--queue", "default", "--limit", "100");
        assertThat(listed.exitCode()).as(listed.err()).isZero();
        assertThat(listed.out()).contains("signature-invalid", "queue-mismatch", "unregistered-task");
    }

    @Test
    void a_task_that_succeeded_does_not_run_again_when_its_entry_is_copied() throws Exception {
        Map<String, String> fields = signed("demo.echo", "default");
        add(fields);
        String key = "stem:result:" + fields.get("id");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> String.valueOf(jedis.get(key)).contains("succeeded"));
        add(fields);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> jedis.lrange("stem:dead:default", 0, -1).stream()
                        .anyMatch(letter -> letter.contains("\"reason\":\"replayed\"")));
        assertThat(jedis.get(key)).contains("succeeded");
        assertThat(List.of(jedis.get(key))).hasSize(1);
    }

    /** By hand: openssl over bytes that this test wrote, and redis commands, with no code of ours. */
    @Test
    void an_envelope_written_and_signed_by_hand_runs() throws Exception {
        Path mine = folder.resolve("by-hand");
        String canonical = "{\"args\":{\"file\":\"" + mine
                + "\"},\"attempt\":0,\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"headers\":{},\"id\":\"0192f000-0000-7000-8000-00000000abcd\",\"maxRetries\":0,\"meta\":{},\"name\":\"acceptance.record\",\"notBefore\":null,\"priority\":0,\"queue\":\"default\",\"visibilityTimeoutMs\":null}";
        Files.writeString(folder.resolve("canonical"), canonical);
        String secret = String.valueOf(settings.get("STEM_SIGNING_KEYS")).substring("primary:".length());
        Shell.Outcome tag = Shell.bash(
                folder,
                Map.of("SECRET", secret),
                Duration.ofSeconds(10),
                "openssl dgst -sha256 -mac HMAC -macopt hexkey:$(echo -n $SECRET | base64 -d | od -An -tx1 | tr -d ' \\n') -binary canonical | base64 -w0");
        assertThat(tag.exitCode()).as(tag.err()).isZero();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", "0192f000-0000-7000-8000-00000000abcd");
        fields.put("name", "acceptance.record");
        fields.put("args", "{\"file\":\"" + mine + "\"}");
        fields.put("headers", "{\"stem-signature\":\"" + tag.out().strip() + "\",\"stem-signature-key\":\"primary\"}");
        fields.put("enqueuedAt", "2026-01-02T03:04:05.678Z");
        fields.put("notBefore", "");
        fields.put("priority", "0");
        fields.put("attempt", "0");
        fields.put("maxRetries", "0");
        fields.put("visibilityTimeout", "");
        fields.put("queue", "default");
        fields.put("meta", "{}");
        add(fields);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> RecordedRuns.read(mine).total() == 1);
    }
}
