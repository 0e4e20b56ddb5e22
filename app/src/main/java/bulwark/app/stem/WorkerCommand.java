package bulwark.app.stem;

import picocli.CommandLine.Command;

/** Everything about workers. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Run and control workers.",
        subcommands = {
            WorkerStartCommand.class,
            WorkerAskCommands.Ping.class,
            WorkerAskCommands.Stats.class,
            WorkerAskCommands.Inspect.class,
            WorkerRevokeCommand.class,
            WorkerAskCommands.Shutdown.class,
            WorkerPauseCommands.Pause.class,
            WorkerPauseCommands.Resume.class,
            WorkerStatusCommand.class,
            WorkerMultiCommand.class,
            WorkerHealthcheckCommand.class,
            WorkerDiagnoseCommand.class
        })
final class WorkerCommand extends Group {
    WorkerCommand(Session session) {
        super(session);
    }
}
