package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.SelfCommandLine;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A service that runs in the folder of the deployment, found by the PID file that it wrote when it was ready. Immutable. */
record SeatProcess(ProcessHandle handle) {
    /** Of the service that serves the API. */
    static final String API_PID_FILE = "seats.pid";
    /** Of a watcher in a process of its own. */
    static final String WATCH_PID_FILE = "seats-watch.pid";

    static final String LOG_FILE = "seats.log";
    static final String COMMAND = "seat-manager";

    /** Longer than a service takes to drain. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    static Optional<SeatProcess> find(CommandContext context, String pidFile) throws IOException {
        return PidFile.inspect(context.directory().resolve(pidFile)) instanceof PidFile.State.Running running
                ? ProcessHandle.of(running.pid()).map(SeatProcess::new)
                : Optional.empty();
    }

    /** In a session of its own, so that it lives on when the terminal is closed; its output is appended to {@value #LOG_FILE}. */
    static SeatProcess start(CommandContext context, List<String> words) throws IOException {
        List<String> line = new ArrayList<>(List.of("setsid"));
        line.addAll(SelfCommandLine.commandLine(words));
        Path log = context.directory().resolve(LOG_FILE);
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(context.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(context.environment());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        process.getOutputStream().close();
        return new SeatProcess(process.toHandle());
    }

    long pid() {
        return handle.pid();
    }

    boolean isAlive() {
        return handle.isAlive();
    }

    /** SIGTERM: it answers what is open and ends. False where the system does not let us. */
    boolean askToStop() {
        return handle.destroy();
    }

    /** @return whether it has ended */
    boolean awaitEnd() throws InterruptedException {
        try {
            handle.onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return !handle.isAlive();
        }
    }

    /** The words of the command that it was started with, from {@code seat-manager} on; empty where the system does not show them. */
    List<String> words() {
        List<String> all = Arrays.asList(handle.info().arguments().orElse(new String[0]));
        int first = all.indexOf(COMMAND);
        return first < 0 ? List.of() : List.copyOf(all.subList(first, all.size()));
    }
}
