package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One key inside its quotas cannot end the node by what its requests hold in memory. */
@Timeout(240)
class MemoryLimitsTest {
    private static final String MANY = "1000000000";

    @TempDir
    Path folder;

    @Test
    void large_pages_and_bodies_of_small_objects_at_once_are_refused_in_part_and_the_node_lives() throws Exception {
        Map<String, String> settings = Map.of(
                "BULWARK_HEAP", "128m",
                "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", MANY,
                "STIGMEM_RATE_LIMIT_WRITE_BURST", MANY,
                "STIGMEM_RATE_LIMIT_READ_PER_HOUR", MANY,
                "STIGMEM_RATE_LIMIT_READ_BURST", MANY);
        try (NodeUnderTest node = NodeUnderTest.in(folder, settings).start()) {
            String text = "x".repeat(65_000);
            for (int i = 0; i < 300; i++) {
                String fact = "{\"entity\":\"user:e" + i + "\",\"relation\":\"memory:n\",\"value\":\"" + text + "\"}";
                assertThat(node.post("/v1/facts", NodeUnderTest.ADMIN_KEY, fact).statusCode())
                        .isEqualTo(201);
            }
            List<HttpRequest> requests = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                requests.add(node.request("/v1/facts?limit=500", NodeUnderTest.ADMIN_KEY)
                        .GET()
                        .build());
            }
            String objects = "{\"x\":[" + "{\"a\":1},".repeat(130_000) + "0]}";
            for (int i = 0; i < 60; i++) {
                requests.add(node.request("/v1/facts", NodeUnderTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(objects))
                        .build());
            }
            List<CompletableFuture<Integer>> answers = requests.stream()
                    .map(request -> NodeUnderTest.HTTP
                            .sendAsync(request, HttpResponse.BodyHandlers.discarding())
                            .handle((answer, failure) -> answer == null ? 0 : answer.statusCode()))
                    .toList();
            assertThat(node.get("/healthz", null).statusCode()).isEqualTo(200);
            List<Integer> codes =
                    answers.stream().map(CompletableFuture::join).distinct().toList();
            // 0: the connection was closed on a body that was refused from its first bytes.
            assertThat(codes).isSubsetOf(List.of(0, 200, 413, 422, 429, 503)).contains(200);
            assertThat(node.process().isAlive()).isTrue();
            assertThat(node.get("/healthz", null).statusCode()).isEqualTo(200);
            assertThat(node.post(
                                    "/v1/facts",
                                    NodeUnderTest.ADMIN_KEY,
                                    "{\"entity\":\"user:after\",\"relation\":\"memory:n\",\"value\":\"1\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }
}
