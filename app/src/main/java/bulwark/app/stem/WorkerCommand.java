package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** Everything about workers. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Run and control workers.",
        subcommands = {
            WorkerStartCommand.class,
            WorkerControlCommands.Ping.class,
            WorkerControlCommands.Stats.class,
            WorkerControlCommands.Inspect.class,
            WorkerRevokeCommand.class,
            WorkerControlCommands.Shutdown.class,
            WorkerPauseCommands.Pause.class,
            WorkerPauseCommands.Resume.class,
            WorkerStatusCommand.class,
            WorkerMultiCommand.class,
            WorkerHealthcheckCommand.class,
            WorkerDiagnoseCommand.class
        })
final class WorkerCommand extends CommandGroup {
    WorkerCommand(CommandContext context) {
        super(context);
    }
}
