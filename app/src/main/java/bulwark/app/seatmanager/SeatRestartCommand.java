package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.process.RunFile;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SchemaGate;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;

/** The restart procedure as one command. What would not start again is not stopped. */
@Command(
        name = "restart",
        description = "Restart the service of this folder: look at schema and settings, drain, stop, start, look at its"
                + " health; each step is printed. A service that would not start again is not stopped.")
record SeatRestartCommand(CommandContext context) implements Callable<Integer> {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    @Override
    public Integer call() throws IOException, InterruptedException {
        StoreLocation store = SeatFolder.store(context);
        SchemaGate.Verdict schema = SeatStore.verify(store);
        context.out().println("status: " + schema.code() + ": " + schema.sentence());
        if (!schema.allowsStart()) {
            return schema.exitCode();
        }
        Optional<SeatProcess> running = SeatProcess.find(context, SeatProcess.API_PID_FILE);
        List<String> words = running.map(SeatProcess::words)
                .filter(given -> given.size() > 1)
                .orElse(List.of(SeatProcess.COMMAND, "api"));
        Configuration.Inspection settings = Configuration.inspect(
                SeatSettings.schema(), SeatApiCommand.environment(context.environment(), words), context.directory());
        if (!settings.problems().isEmpty()) {
            settings.problems().forEach(fault -> context.err().println("error: " + fault));
            context.out().println("status: the settings are refused, and what runs is left alone");
            return ExitCode.USAGE.plain();
        }
        if (running.isPresent()) {
            SeatStopCommand.stop(context, running.get());
        } else {
            context.out().println("stop: nothing runs in " + context.directory());
        }
        SeatProcess started = SeatProcess.start(context, words);
        int port = awaitPort(store.base(), started);
        context.out()
                .println("start: " + String.join(" ", words) + ", process " + started.pid() + ", port " + port
                        + ", output in " + SeatProcess.LOG_FILE);
        return health(settings.configuration(), port);
    }

    /** The run file names the process and its port once the listener answers. */
    private int awaitPort(Path base, SeatProcess started) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<RunFile> ready = RunFile.ofRunning(base).filter(file -> file.pid() == started.pid());
            if (ready.isPresent()) {
                return ready.get().ports().getOrDefault("port", 0);
            }
            if (!started.isAlive()) {
                throw new CommandFailed("the service ended at once: the last lines of " + SeatProcess.LOG_FILE
                        + " in this folder say why");
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        throw new CommandFailed("the service was not ready within " + START_TIMEOUT.toSeconds() + " seconds: look at "
                + SeatProcess.LOG_FILE);
    }

    private int health(Configuration settings, int port) throws InterruptedException {
        SeatHealth health = SeatHealth.of(settings.text("SEAT_MANAGER_HOST"), port);
        context.out().println("health: " + health.text());
        return (health.isWell() ? ExitCode.DONE : ExitCode.FAILED).plain();
    }
}
