package bulwark.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs that a test needs and does not bring. Absent: one clear skip line; with {@code CI=true}: a failure. */
public final class RequiredProgram {
    private RequiredProgram() {}

    /** @param name for instance {@code redis-server} */
    public static void onThePath(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        if (Stream.of(path.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, name)))) {
            return;
        }
        String sentence = name + " is not on the PATH: this test needs it and proves nothing without";
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(sentence);
        }
        Assumptions.abort("SKIPPED: " + sentence);
    }
}
