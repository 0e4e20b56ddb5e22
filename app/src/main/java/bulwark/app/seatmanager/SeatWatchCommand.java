package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ServiceCommand;
import bulwark.kernel.process.PidFile;
import bulwark.seats.SeatWatcher;
import bulwark.seats.settings.SeatSettings;
import picocli.CommandLine.Command;

/** The watchers in a process of their own until SIGTERM. */
@Command(
        name = "watch",
        description =
                "Run the watchers alone until SIGTERM, beside a service on the same database. With SQLite, which one"
                        + " process has open, run api-watch.")
final class SeatWatchCommand extends ServiceCommand {
    SeatWatchCommand(CommandContext context) {
        super(context, SeatSettings.schema());
    }

    @Override
    protected int run() throws Exception {
        SeatWatcher watcher = SeatWatcher.start(this::settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(watcher::close, "stop"));
        PidFile.write(
                context.directory().resolve(SeatProcess.WATCH_PID_FILE),
                ProcessHandle.current().pid());
        return watcher.awaitExitCode();
    }
}
