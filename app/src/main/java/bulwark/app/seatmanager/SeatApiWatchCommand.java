package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import picocli.CommandLine.Command;

/** Service and watchers in one process, as a store that one process has open needs it. */
@Command(
        name = "api-watch",
        description = "Run the service and the watchers in one process until SIGTERM: it drains, then ends with 0.")
final class SeatApiWatchCommand extends SeatApiCommand {
    SeatApiWatchCommand(CommandContext context) {
        super(context);
    }

    @Override
    boolean watches() {
        return true;
    }
}
