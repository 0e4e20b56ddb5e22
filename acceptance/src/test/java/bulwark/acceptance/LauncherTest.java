package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the launcher starts a command, as the script of its part says. */
class LauncherTest {
    private static final String COMPILES_ONCE = "-XX:TieredStopAtLevel=1";
    private static final String NO_ATTACH = "-XX:+DisableAttachMechanism";

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
                    .contains("bulwark.jar", NO_ATTACH)
                    .doesNotContain(COMPILES_ONCE);
        }
    }

    /** The JVM refuses a cache whose jar has another time, with red lines at each start. */
    @Test
    void the_caches_of_a_program_that_was_copied_count_as_missing() throws Exception {
        String launcher = Files.readString(SharedMaterial.repository().resolve("bulwark"));
        int start = launcher.indexOf("trained_for() {");
        String functions = launcher.substring(start, launcher.indexOf("train_if_missing() {", start));
        Files.writeString(Files.createDirectories(folder.resolve("jdk")).resolve("release"), "25");
        Files.writeString(Files.createDirectories(folder.resolve("program")).resolve("bulwark.jar"), "jar");
        Shell.Outcome outcome = Shell.bash(
                folder,
                Map.of(),
                Duration.ofSeconds(20),
                "set -euo pipefail\njdk=$PWD/jdk program=$PWD/program\n" + functions
                        + "trained || echo untrained\n"
                        + "trained_for >program/trained\n"
                        + "trained && echo trained\n"
                        + "cp program/bulwark.jar copy && touch -d 2020-01-01 copy && mv copy program/bulwark.jar\n"
                        + "trained || echo copied\n");
        assertThat(outcome.out().lines()).as(outcome.err()).containsExactly("untrained", "trained", "copied");
    }
}
