package bulwark.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Containers of the consensus layer as another implementation has them: {@code @lodestar/types} of npm. Absent: one clear skip line; with {@code CI=true}: a failure. */
public final class ConsensusTypes {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SCRIPT = "/consensus-types.mjs";

    private ConsensusTypes() {}

    /** JSON that should be a container. Immutable. @param type for instance {@code phase0.Validator} */
    public record Document(String type, JsonNode json) {}

    /**
     * Reads each document as its container and writes it again.
     *
     * @return the written ones, in the same order
     * @throws AssertionError with the other implementation's words when it cannot read one
     */
    public static List<JsonNode> readAndWritten(List<Document> documents) throws IOException, InterruptedException {
        Path home = home();
        Path input = Files.createTempFile("consensus-types", ".json");
        try (InputStream script = Objects.requireNonNull(ConsensusTypes.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            Files.write(
                    input,
                    JSON.writeValueAsBytes(documents.stream()
                            .map(each -> Map.of("type", each.type(), "json", each.json()))
                            .toList()));
            String program = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            // Imports start from the folder that the program is called in.
            Process node = new ProcessBuilder("node", "--input-type=module", "--eval", program)
                    .directory(home.toFile())
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!node.waitFor(2, TimeUnit.MINUTES) || node.exitValue() != 0) {
                node.destroyForcibly();
                throw new AssertionError(answer);
            }
            return JSON.readTree(answer).valueStream().toList();
        } finally {
            Files.delete(input);
        }
    }

    private static Path home() {
        Path home = SharedMaterial.repository().resolve(".bulwark/tools/consensus-types");
        if (!Files.isDirectory(home.resolve("node_modules/@lodestar/types"))) {
            String sentence = "@lodestar/types is not in .bulwark/tools/consensus-types: this test needs it and proves"
                    + " nothing without (./bulwark test brings it)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return home;
    }
}
