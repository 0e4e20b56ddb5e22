package bulwark.acceptance;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Every wire vector beside the project, each file on a fresh node without authentication. */
class VectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @TestFactory
    List<DynamicNode> every_wire_vector_holds() throws IOException {
        Path vectors = SharedMaterial.require("vectors/stigmem-v1.0");
        try (Stream<Path> files = Files.list(vectors)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(file -> (DynamicNode) onAFreshNode(file))
                    .toList();
        }
    }

    private static DynamicContainer onAFreshNode(Path file) {
        JsonNode document = JSON.readTree(file.toFile());
        AtomicReference<NodeUnderTest> node = new AtomicReference<>();
        Map<String, JsonNode> byId = new HashMap<>();
        document.path("vectors").forEach(vector -> byId.put(vector.path("id").asString(), vector));
        byId.putIfAbsent("fact-assert-null", assertOfANull());
        DynamicTest start = dynamicTest("a fresh node starts", () -> node.set(freshNode(file, document)));
        Stream<DynamicTest> each = document.path("vectors")
                .valueStream()
                .map(vector -> dynamicTest(vector.path("id").asString(), () -> run(node.get(), vector, byId)));
        DynamicTest stop = dynamicTest("the node stops", () -> node.get().close());
        return DynamicContainer.dynamicContainer(
                file.getFileName().toString(), Stream.concat(Stream.of(start), Stream.concat(each, Stream.of(stop))));
    }

    /** The one vector that another file names as its setup. */
    private static JsonNode assertOfANull() {
        return JSON.readTree("""
                {"method":"POST","path":"/v1/facts","body":{"entity":"stigmem://testnode/user/alice","relation":"memory:alias",
                 "value":{"type":"null"},"source":"stigmem://testnode/agent/test","confidence":1.0,"scope":"company"}}
                """);
    }

    private static NodeUnderTest freshNode(Path file, JsonNode document) throws IOException, InterruptedException {
        Path directory = Files.createDirectory(folder.resolve(file.getFileName().toString()));
        NodeUnderTest node = NodeUnderTest.in(directory, Map.of("STIGMEM_AUTH_REQUIRED", "false"));
        node.startHere();
        if (document.has("seed_fact")) {
            node.post("/v1/facts", null, document.path("seed_fact").toString());
        }
        return node;
    }

    private static void run(NodeUnderTest node, JsonNode vector, Map<String, JsonNode> byId)
            throws IOException, InterruptedException {
        if (vector.has("requires_setup")) {
            send(node, byId.get(vector.path("requires_setup").asString()));
        }
        HttpResponse<String> response = send(node, vector);
        VectorExpectation.of(vector).check(response.statusCode(), response.body());
    }

    private static HttpResponse<String> send(NodeUnderTest node, JsonNode vector)
            throws IOException, InterruptedException {
        JsonNode body = vector.path("body");
        HttpRequest.BodyPublisher publisher = body.isMissingNode() || body.isNull()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body.toString());
        return NodeUnderTest.send(node.request(vector.path("path").asString(), null)
                .header("Content-Type", "application/json")
                .method(vector.path("method").asString(), publisher));
    }
}
