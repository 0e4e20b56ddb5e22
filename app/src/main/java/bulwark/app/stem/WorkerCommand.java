package bulwark.app.stem;

import picocli.CommandLine.Command;

/** Everything about workers. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Run workers and talk to them.",
        subcommands = {WorkerMultiCommand.class, WorkerHealthcheckCommand.class, WorkerDiagnoseCommand.class})
final class WorkerCommand extends Group {
    WorkerCommand(Session session) {
        super(session);
    }
}
