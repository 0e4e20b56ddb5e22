package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The seat manager's own command line, under the name that its runbook uses. */
@Command(
        name = "seat-manager",
        description = "Commands of the seat manager: settings from the environment and .env in this folder.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            SeatApiCommand.class,
            SeatWatchCommand.class,
            SeatApiWatchCommand.class,
            SeatStatusCommand.class,
            SeatStopCommand.class,
            SeatRestartCommand.class,
            SeatConfigCommand.class,
            SeatSecretsCommand.class,
            MigrateCommand.class,
            SeatUserCommand.class,
            DepositDataCommand.class,
            SeatActionCommand.class,
            SeatAllowlistCommand.class,
            SeatPlanCommand.class,
            SeatApproverCommand.class,
            SeatApproveCommand.class,
            SeatSignerCommand.class,
            SeatSendCommand.class,
            SeatEvidenceCommand.class,
            SeatFsckCommand.class
        })
final class SeatManagerCommand extends CommandGroup {
    SeatManagerCommand(CommandContext context) {
        super(context);
    }
}
