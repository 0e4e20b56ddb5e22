package bulwark.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.error.CommandFailed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Children are real processes. */
@Timeout(120)
class SupervisorTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Supervisor supervisor = supervisor(Duration.ofMillis(1), Duration.ofMillis(8));

    private Supervisor supervisor(Duration first, Duration max) {
        return new Supervisor(new Backoff(first, max), new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        supervisor.close();
    }

    @Test
    void a_child_that_fails_again_and_again_never_ends_the_others() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        supervisor.add("fact node", () -> lasting(others), child -> true, "");
        supervisor.add("worker", () -> failing(starts, 3), child -> true, "Look at its settings.");

        supervisor.awaitReady();

        until(() -> starts.get() > 12);
        assertThat(others).hasValue(1);
        assertThat(said())
                .contains("up | the worker ended with code 3 (failure 1 in a row); restarting it in 1 ms")
                .contains(
                        "(failure 4 in a row); restarting it in 8 ms; everything else keeps running. Look at its settings.")
                .contains("(failure 9 in a row); restarting it in 8 ms")
                .doesNotContain("fact node");
    }

    @Test
    void a_child_that_ends_is_started_again_and_reported_as_back() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        supervisor.add("worker", () -> starts.get() == 0 ? failing(starts, 1) : lasting(starts), child -> true, "");

        supervisor.awaitReady();

        until(() -> said().contains("up | the worker restarted"));
        assertThat(starts).hasValue(2);
    }

    @Test
    void a_child_that_cannot_be_started_again_for_a_while_is_tried_until_it_can() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        supervisor.add(
                "worker",
                () -> {
                    if (starts.get() > 0 && starts.get() < 4) {
                        starts.incrementAndGet();
                        throw new IOException("no process is free");
                    }
                    return starts.get() == 0 ? failing(starts, 1) : lasting(starts);
                },
                child -> true,
                "");

        supervisor.awaitReady();

        until(() -> said().contains("the worker restarted"));
        assertThat(said())
                .contains("cannot be started: no process is free")
                .contains("could not be started (failure 4");
    }

    @Test
    void where_nothing_becomes_ready_at_all_the_command_fails() throws Exception {
        supervisor.add("fact node", () -> failing(new AtomicInteger(), 2), child -> false, "");
        supervisor.add("worker", () -> failing(new AtomicInteger(), 2), child -> false, "");

        assertThatThrownBy(supervisor::awaitReady)
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("neither the fact node nor the worker");
    }

    @Test
    void a_child_that_dies_before_it_was_ever_ready_is_held_back_while_the_others_run() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        supervisor.add("fact node", () -> lasting(others), child -> true, "");
        supervisor.add("worker", () -> failing(starts, 3), child -> false, "");

        supervisor.awaitReady();

        until(() -> starts.get() > 6);
        assertThat(others).hasValue(1);
    }

    @Test
    void close_ends_the_children_and_the_pauses() throws Exception {
        supervisor = supervisor(Duration.ofHours(1), Duration.ofHours(2));
        AtomicInteger starts = new AtomicInteger();
        ChildProcess[] lasting = new ChildProcess[1];
        supervisor.add("fact node", () -> lasting[0] = lasting(new AtomicInteger()), child -> true, "");
        supervisor.add("worker", () -> failing(starts, 1), child -> true, "");
        supervisor.awaitReady();
        until(() -> said().contains("restarting it in 3600 s"));

        supervisor.close();

        supervisor.awaitStopped();
        assertThat(lasting[0].awaitEnd()).isNotZero();
        assertThat(starts).hasValue(1);
    }

    private static ChildProcess failing(AtomicInteger starts, int code) throws IOException {
        starts.incrementAndGet();
        return ChildProcess.start("failing", new ProcessBuilder("sh", "-c", "exit " + code));
    }

    private static ChildProcess lasting(AtomicInteger starts) throws IOException {
        starts.incrementAndGet();
        return ChildProcess.start("lasting", new ProcessBuilder("sleep", "600"));
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }
}
