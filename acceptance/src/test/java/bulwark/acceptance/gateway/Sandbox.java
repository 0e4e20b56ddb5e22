package bulwark.acceptance.gateway;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Whether this system lets a test make namespaces of its own. Absent: one clear skip line; with {@code CI=true}: a failure. */
final class Sandbox {
    private Sandbox() {}

    static void require() throws Exception {
        RequiredProgram.onThePath("bwrap");
        Shell.Outcome outcome = Shell.run(
                Path.of("/"),
                Map.of(),
                Duration.ofMinutes(1),
                List.of("bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "true"));
        if (outcome.exitCode() == 0) {
            return;
        }
        String sentence = "this system makes no namespaces for bwrap ("
                + outcome.err().strip() + "): this test needs them and proves nothing without";
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(sentence);
        }
        Assumptions.abort("SKIPPED: " + sentence);
    }
}
