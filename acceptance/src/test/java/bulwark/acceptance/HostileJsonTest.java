package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file of the JSON test suite as the body of a POST /v1/facts. */
class HostileJsonTest {
    private static final List<Integer> TOO_LARGE = List.of(413, 431);

    @TempDir
    static Path folder;

    @Test
    void each_file_of_the_suite_is_refused_or_read_as_it_should_be() throws Exception {
        Path suite = SharedMaterial.require("vectors/json-test-suite/test_parsing");
        Map<String, String> quota =
                Map.of("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", "1000000", "STIGMEM_RATE_LIMIT_WRITE_BURST", "100000");
        try (NodeUnderTest node = NodeUnderTest.in(folder, quota).startHere();
                Stream<Path> files = Files.list(suite)) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            assertThat(all).hasSizeGreaterThan(300);
            for (Path file : all) {
                check(file.getFileName().toString(), post(node, Files.readAllBytes(file)));
            }
            assertThat(node.get("/healthz", null).statusCode()).isEqualTo(200);
        }
    }

    private static void check(String name, HttpResponse<String> answer) {
        String shown = name + " -> " + answer.statusCode() + " " + answer.body();
        boolean invalidJson = answer.statusCode() == 422 && answer.body().contains("\"type\":\"json_invalid\"");
        switch (name.charAt(0)) {
            case 'n' ->
                assertThat(invalidJson || TOO_LARGE.contains(answer.statusCode()))
                        .as(shown)
                        .isTrue();
            case 'y' -> assertThat(invalidJson).as(shown).isFalse();
            default -> assertThat(answer.statusCode()).as(shown).isLessThan(500);
        }
        assertThat(answer.statusCode()).as(shown).isBetween(200, 499);
    }

    private static HttpResponse<String> post(NodeUnderTest node, byte[] body) throws IOException, InterruptedException {
        return NodeUnderTest.send(node.request("/v1/facts", NodeUnderTest.ADMIN_KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }
}
