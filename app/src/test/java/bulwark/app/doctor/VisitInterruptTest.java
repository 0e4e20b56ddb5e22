package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.Main;
import bulwark.testkit.LoopbackServer;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: what a signal and a terminal make of it. */
@Timeout(900)
class VisitInterruptTest {
    @TempDir
    Path folder;

    private static List<String> program(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "doctor"));
        command.addAll(List.of(arguments));
        return command;
    }

    @Test
    void what_was_seen_until_a_signal_is_shown_as_a_part_and_not_signed() throws Exception {
        Path log = folder.resolve("log");
        try (LoopbackServer silent =
                LoopbackServer.start(connection -> connection.getInputStream().readAllBytes())) {
            String file = new TargetFixture(folder)
                    .file("one", TargetFixture.url(silent))
                    .toString();
            try (ProgramProcess doctor = ProgramProcess.start(
                    folder,
                    Map.of(),
                    log,
                    program(
                            "--target",
                            file,
                            "--memory",
                            "memory",
                            "--bundle",
                            "out",
                            "--html",
                            "r.html",
                            "--sarif",
                            "r.sarif"))) {
                doctor.awaitReady(() -> silent.connections() > 0);
                // A shell that runs tests in the background has them ignore Ctrl-C, and their children too.
                doctor.signal(ignoresInterrupts() ? "TERM" : "INT");
                assertThat(doctor.awaitEnd()).isEqualTo(ignoresInterrupts() ? 143 : 130);
            }
        }
        assertThat(log)
                .content()
                .contains("the visit was ended before it", "this is not the whole", "and is not signed");
        assertThat(folder.resolve("r.html")).content().contains("class=\"partial\"");
        assertThat(folder.resolve("r.sarif")).content().contains("\"executionSuccessful\": false");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private static boolean ignoresInterrupts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                        line.substring("SigIgn:".length()).strip(), 16)
                                & 2)
                        != 0);
    }

    @Test
    void colours_and_progress_are_for_terminals_alone() throws Exception {
        RequiredProgram.onThePath("script");
        String file = new TargetFixture(folder).closed().toString();
        List<String> visit = program("--target", file, "--memory", "memory", "--only", "FACTS-HEADERS-01");
        Shell.Outcome piped = Shell.run(folder, Map.of(), Duration.ofMinutes(4), visit);
        assertThat(piped.out() + piped.err()).doesNotContain("\u001b").contains("FACTS-HEADERS-01");
        String typed = String.join(" ", visit);
        Shell.Outcome terminal = Shell.run(
                folder,
                Map.of("NO_COLOR", "", "COLUMNS", "50"),
                Duration.ofMinutes(4),
                List.of("script", "-qec", typed, "/dev/null"));
        assertThat(terminal.out()).contains("\u001b[35merror").contains("\u001b[K");
        Shell.Outcome plain = Shell.run(
                folder,
                Map.of("NO_COLOR", "1"),
                Duration.ofMinutes(4),
                List.of("script", "-qec", typed + " --quiet", "/dev/null"));
        assertThat(plain.out()).doesNotContain("\u001b").contains("FACTS-HEADERS-01");
        assertThat(Files.exists(folder.resolve("memory"))).isTrue();
    }
}
