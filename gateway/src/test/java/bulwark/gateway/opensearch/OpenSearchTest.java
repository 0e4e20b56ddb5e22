package bulwark.gateway.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.OpenSearchServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A gateway whose records go to a real OpenSearch, also when that is silent and when it is gone. */
class OpenSearchTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int CALLS = 40;

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void records_arrive_once_while_opensearch_stands_is_silent_and_comes_back() throws Exception {
        try (OpenSearchServer server = OpenSearchServer.start()) {
            Map<String, String> settings = Map.of(
                    "STOA_PORT", "0",
                    "STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32",
                    "STOA_OPENSEARCH_URL", server.url());
            try (Gateway gateway = Gateway.start(
                    () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC())) {
                calls(gateway, 0);
                awaitDocuments(server, CALLS);

                server.signal("STOP");
                long began = System.nanoTime();
                calls(gateway, CALLS);
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .as("a silent OpenSearch keeps no call waiting")
                        .isLessThan(Duration.ofSeconds(60));
                await().atMost(DEADLINE)
                        .until(() -> get(gateway, "/metrics", "m")
                                .body()
                                .lines()
                                .anyMatch(line ->
                                        line.startsWith("stoa_opensearch_failures_total ") && !line.endsWith(" 0.0")));
                server.signal("CONT");
                awaitDocuments(server, 2 * CALLS);
            }
            try (Gateway again = Gateway.start(
                    () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC())) {
                calls(again, 2 * CALLS);
                awaitDocuments(server, 3 * CALLS);
            }
            JsonNode one = search(server, "?q=record.request_id.keyword:call-7");
            assertThat(one.at("/hits/total/value").asInt(-1)).isEqualTo(1);
            assertThat(one.at("/hits/hits/0/_source/outcome").asString("")).isEqualTo("denied");
        }
    }

    private void calls(Gateway gateway, int from) throws Exception {
        for (int i = from; i < from + CALLS; i++) {
            assertThat(get(gateway, "/nothing/here", "call-" + i).statusCode()).isEqualTo(404);
        }
    }

    private HttpResponse<String> get(Gateway gateway, String path, String id) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                        .timeout(Duration.ofMinutes(1))
                        .header("X-Request-ID", id)
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode search(OpenSearchServer server, String query) throws IOException, InterruptedException {
        server.send("POST", "/stoa-audit/_refresh", "");
        return StrictJson.parse(
                server.send("GET", "/stoa-audit/_search" + query, "").body().getBytes(StandardCharsets.UTF_8));
    }

    /** Exactly so many, and each of its own trace. */
    private static void awaitDocuments(OpenSearchServer server, int count) {
        await().atMost(DEADLINE).ignoreExceptions().untilAsserted(() -> {
            JsonNode found = search(server, "?size=1000&_source=correlation_id");
            assertThat(found.at("/hits/total/value").asInt(-1)).isEqualTo(count);
            assertThat(found.at("/hits/hits").values().stream()
                            .map(hit -> hit.at("/_source/correlation_id").asString("")))
                    .hasSize(count)
                    .doesNotHaveDuplicates();
        });
    }
}
