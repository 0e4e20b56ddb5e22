package bulwark.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Third-party vectors and the documents, which lie beside the project and are never part of it. Absent: one clear skip line;
 * with {@code CI=true}: a failure.
 */
public final class SharedMaterial {
    private SharedMaterial() {}

    /** The repository's top folder. */
    public static Path repository() {
        return Path.of(System.getProperty("bulwark.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    /** @param relative for instance {@code vectors/wycheproof/ed25519_test.json} */
    public static Path require(String relative) {
        Path path = repository().resolve("../shared").resolve(relative).normalize();
        if (!Files.exists(path)) {
            String sentence = "../shared/" + relative + " is not here: this test needs it and proves nothing without";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return path;
    }
}
