package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.testkit.Shell;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Both keys rotate in the running node while clients write facts and verify tokens: nothing fails. */
class KeyRotationUnderLoadTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @Test
    void no_request_fails_while_both_keys_rotate() throws Exception {
        Map<String, String> quota = Map.of(
                "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", "100000000",
                "STIGMEM_RATE_LIMIT_WRITE_BURST", "10000000",
                "STIGMEM_RATE_LIMIT_READ_PER_HOUR", "100000000",
                "STIGMEM_RATE_LIMIT_READ_BURST", "10000000");
        try (NodeUnderTest node = NodeUnderTest.in(folder, quota).start()) {
            String token = issue(node);
            String before = keyIds(node);
            AtomicBoolean running = new AtomicBoolean(true);
            AtomicInteger verified = new AtomicInteger();
            Queue<String> failures = new ConcurrentLinkedQueue<>();
            Thread verifier = Thread.ofVirtual().start(() -> {
                while (running.get()) {
                    verify(node, token, verified, failures);
                }
            });
            Writers writers = Writers.start(node, 8);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> writers.acknowledged.size() > 100 && verified.get() > 20);
            for (String kind : new String[] {"node", "issuer", "node"}) {
                Shell.Outcome rotation = node.stigmem("identity", "rotate-key", "--kind", kind);
                assertThat(rotation.exitCode()).as(rotation.err()).isZero();
            }
            int written = writers.acknowledged.size();
            int checked = verified.get();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> writers.acknowledged.size() > written + 100 && verified.get() > checked + 20);
            writers.close();
            running.set(false);
            verifier.join(10_000);
            assertThat(writers.failures).isEmpty();
            assertThat(failures).isEmpty();
            assertThat(keyIds(node)).isNotEqualTo(before);
            verify(node, issue(node), verified, failures);
            assertThat(failures).isEmpty();
        }
    }

    private static void verify(NodeUnderTest node, String token, AtomicInteger verified, Queue<String> failures) {
        try {
            HttpResponse<String> answer = node.post(
                    "/v1/federation/capability-tokens/verify",
                    NodeUnderTest.ADMIN_KEY,
                    JSON.writeValueAsString(Map.of("token_json", token)));
            if (answer.body().equals("{\"valid\":true}")) {
                verified.incrementAndGet();
            } else {
                failures.add(answer.statusCode() + " " + answer.body());
            }
        } catch (Exception e) {
            failures.add(e.toString());
        }
    }

    private static String issue(NodeUnderTest node) throws Exception {
        HttpResponse<String> issued = node.post("/v1/federation/capability-tokens", NodeUnderTest.ADMIN_KEY, """
                {"issuer":"http://localhost:8765/issuer","subject":"http://localhost:8765","verb":"read","object":"stigmem://facts"}
                """);
        assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
        return JSON.readTree(issued.body()).path("token_json").asString();
    }

    private static String keyIds(NodeUnderTest node) throws Exception {
        JsonNode manifest = JSON.readTree(
                node.get("/.well-known/stigmem-manifest.json", null).body());
        return manifest.path("key_id").asString() + " "
                + manifest.path("issuer_manifest").path("key_id").asString();
    }
}
