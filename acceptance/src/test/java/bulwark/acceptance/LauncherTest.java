package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the launcher starts a command, as the script of its part says. */
class LauncherTest {
    private static final String COMPILES_ONCE = "-XX:TieredStopAtLevel=1";

    @TempDir
    Path folder;

    @Test
    void a_worker_bears_the_mark_that_closes_the_owners_commands_and_keeps_the_second_compiler() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "setpriv is not here");
        Map<String, String> settings = TaskFleet.settings(folder, "sqlite:" + folder.resolve("tasks.db"));
        try (StemProcess worker = StemProcess.start(folder, settings, "worker", "start")) {
            assertThat(Files.readString(Path.of("/proc/" + worker.pid() + "/status")))
                    .contains("NoNewPrivs:\t1");
            assertThat(Files.readString(Path.of("/proc/" + worker.pid() + "/cmdline")))
                    .contains("bulwark.jar")
                    .doesNotContain(COMPILES_ONCE);
        }
    }
}
