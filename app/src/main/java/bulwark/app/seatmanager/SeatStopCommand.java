package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** In the place of {@code fuser -k}: nothing is cut off. */
@Command(
        name = "stop",
        description =
                "Ask the service and the watcher of this folder to drain and end, and wait for it: ends with 3 when"
                        + " nothing runs.")
record SeatStopCommand(CommandContext context) implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean stopped = false;
        for (String pidFile : List.of(SeatProcess.WATCH_PID_FILE, SeatProcess.API_PID_FILE)) {
            Optional<SeatProcess> running = SeatProcess.find(context, pidFile);
            if (running.isPresent()) {
                stop(context, running.get());
                stopped = true;
            }
        }
        if (!stopped) {
            context.out().println("nothing runs in " + context.directory());
        }
        return (stopped ? ExitCode.DONE : ExitCode.NOT_RUNNING).plain();
    }

    /** Prints each step. @throws CommandFailed when it does not end */
    static void stop(CommandContext context, SeatProcess service) throws InterruptedException {
        long pid = service.pid();
        context.out().println("drain: process " + pid + " answers what is open and takes nothing new");
        if (!service.askToStop() && service.isAlive()) {
            throw CommandFailed.negative("process " + pid + " belongs to another user: stop it as that user");
        }
        if (!service.awaitEnd()) {
            throw new CommandFailed("process " + pid + " did not end within "
                    + SeatProcess.STOP_TIMEOUT.toSeconds()
                    + " seconds: look at its log; kill -9 " + pid + " loses no acknowledged change");
        }
        context.out().println("stop: process " + pid + " has ended");
    }
}
