package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stop and restart of a service by the commands of the runbook, also after it was killed. */
@Timeout(600)
class SeatRestartTest {
    /** Of a start: before the store is opened, while it is, and about when the port is. */
    private static final int[] KILLED_AFTER_MILLIS = {250, 700, 1_200};

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private final String port = Integer.toString(FreePort.next());

    @Test
    void a_restart_drains_stops_and_starts_with_the_words_of_the_first_start_and_prints_each_step() throws Exception {
        try (SeatManagerProgram program = SeatManagerProgram.deployed(folder)) {
            Shell.Outcome nothing = program.run("stop");
            assertThat(nothing.exitCode()).isEqualTo(3);
            assertThat(nothing.out()).contains("nothing runs in " + folder);

            program.start("api", "--port", port, "--host", "127.0.0.1");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> program.service().isPresent());
            long first = program.service().orElseThrow().pid();

            try (SeatManagerProgram other = SeatManagerProgram.deployed(elsewhere)) {
                Shell.Outcome second = other.run("api", "--port", port);
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.err()).contains("port " + port + " is in use by process " + first);
            }
            Shell.Outcome beside = program.run("api", "--port", Integer.toString(FreePort.next()));
            assertThat(beside.exitCode()).isNotZero();
            assertThat(beside.err()).contains(Long.toString(first));

            String steps = program.succeed("restart");
            assertThat(steps.lines().map(line -> line.replaceAll(":.*", "")))
                    .containsExactly("status", "drain", "stop", "start", "health");
            assertThat(steps)
                    .contains("stop: process " + first + " has ended", "port " + port, "health: 200")
                    .contains("start: seat-manager api --port " + port + " --host 127.0.0.1");
            assertThat(program.service().orElseThrow().pid()).isNotEqualTo(first);
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();

            Files.writeString(folder.resolve(".env"), "SEAT_MANAGER_CHAIN_ID=none\n", StandardOpenOption.APPEND);
            Shell.Outcome refused = program.run("restart");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).contains("SEAT_MANAGER_CHAIN_ID");
            assertThat(program.service())
                    .as("what would not start again is not stopped")
                    .isPresent();
            assertThat(program.succeed("stop")).contains("has ended");
            assertThat(program.service()).isEmpty();
        }
    }

    @Test
    void a_service_that_was_killed_at_any_instant_starts_again_and_its_store_is_whole() throws Exception {
        try (SeatManagerProgram program = SeatManagerProgram.deployed(folder)) {
            // Who was killed before it was ready left no words to start again with: the next start takes the port of
            // the settings.
            Files.writeString(folder.resolve(".env"), "SEAT_MANAGER_PORT=" + port + "\n", StandardOpenOption.APPEND);
            for (int millis : KILLED_AFTER_MILLIS) {
                ProgramProcess killed = program.start("api", "--port", port);
                long began = System.nanoTime();
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> System.nanoTime() - began
                                > Duration.ofMillis(millis).toNanos());
                killed.kill();
            }
            String steps = program.succeed("restart");
            assertThat(steps).contains("stop: nothing runs in", "health: 200");
            ProcessHandle running = program.service().orElseThrow();
            running.destroyForcibly();
            running.onExit().get();
            assertThat(program.run("stop").exitCode())
                    .as("nobody is there any more")
                    .isEqualTo(3);
            assertThat(program.run("status").exitCode()).isEqualTo(3);
            assertThat(program.succeed("fsck")).contains("clean");
            program.succeed("restart");
            program.succeed("stop");
        }
    }
}
