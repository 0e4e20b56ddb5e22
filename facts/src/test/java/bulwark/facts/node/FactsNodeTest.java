package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only the whole node shows, over plain HTTP. */
@Timeout(60)
class FactsNodeTest {
    @TempDir
    Path directory;

    @Test
    void without_authentication_nobody_is_charged() throws Exception {
        try (FactsNode node =
                start(Map.of("STIGMEM_AUTH_REQUIRED", "false", "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", "5"))) {
            for (int i = 0; i < 8; i++) {
                String body = "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"" + i + "\"}";
                assertThat(call(node, "POST", "/v1/facts", body)).isEqualTo(201);
            }
        }
    }

    @Test
    void a_node_without_tls_knows_no_federation_paths() throws Exception {
        try (FactsNode node = start(Map.of())) {
            for (String path : List.of("peers", "facts", "tombstones")) {
                assertThat(call(node, "GET", "/v1/federation/" + path, "")).isEqualTo(404);
            }
            assertThat(call(node, "POST", "/v1/federation/facts", "{}")).isEqualTo(404);
        }
    }

    @Test
    void a_member_is_named_by_its_uri_with_raw_slashes_or_encoded() throws Exception {
        try (FactsNode node = start(Map.of("STIGMEM_AUTH_REQUIRED", "false"))) {
            String members = "/v1/gardens/g/members";
            assertThat(call(node, "POST", "/v1/gardens", "{\"slug\":\"g\",\"name\":\"G\",\"scope\":\"local\"}"))
                    .isEqualTo(201);
            for (String bob :
                    List.of("stigmem://node.example.com/user/bob", "stigmem%3A%2F%2Fnode.example.com%2Fuser%2Fbob")) {
                assertThat(call(
                                node,
                                "POST",
                                members,
                                "{\"entity_uri\":\"stigmem://node.example.com/user/bob\",\"role\":\"reader\"}"))
                        .isEqualTo(201);
                assertThat(call(node, "PATCH", members + "/" + bob, "{\"role\":\"writer\"}"))
                        .as(bob)
                        .isEqualTo(200);
                assertThat(call(node, "DELETE", members + "/" + bob, ""))
                        .as(bob)
                        .isEqualTo(204);
            }
        }
    }

    @Test
    void what_this_node_does_not_do_is_answered_and_fills_no_log() throws Exception {
        try (CapturedLog log = CapturedLog.of("bulwark.web.ResponseWriter");
                FactsNode node = start(Map.of("STIGMEM_AUTH_REQUIRED", "false"))) {
            for (int i = 0; i < 3; i++) {
                assertThat(call(node, "GET", "/v1/facts?as_of=2026-01-01", "")).isEqualTo(501);
            }
            assertThat(log.messages()).isEmpty();
        }
    }

    private FactsNode start(Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(
                Map.of("STIGMEM_DB_PATH", "facts.db", "STIGMEM_PORT", "0", "STIGMEM_LOCAL_HTTP_PORT", "0"));
        settings.putAll(more);
        return FactsNode.start(settings, directory, Clock.systemUTC());
    }

    private static int call(FactsNode node, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }
}
