package bulwark.testkit;

import java.net.URI;
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

    /** The repository's top folder. Without the property that the build sets for tests (it also looks at their classes outside of them): the one that this class was built in. */
    public static Path repository() {
        String root = System.getProperty("bulwark.root");
        return (root == null ? ofThisClass() : Path.of(root)).toAbsolutePath().normalize();
    }

    private static Path ofThisClass() {
        Path built = Path.of(URI.create(SharedMaterial.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        for (Path folder = built; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("bulwark")) && Files.exists(folder.resolve("pom.xml"))) {
                return folder;
            }
        }
        throw new IllegalStateException(built + " is not in a copy of the repository; set the property bulwark.root");
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
