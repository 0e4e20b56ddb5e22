package bulwark.app.stem;

import picocli.CommandLine.Command;

/** Everything that {@code stem} can be asked. */
@Command(
        name = "stem",
        description = "Signed background tasks: send them, run them, look after them.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            EnqueueCommand.class,
            WorkerCommand.class,
            ScheduleCommand.class,
            BeatCommand.class,
            DlqCommand.class,
            TasksCommand.class,
            ObserveCommand.class,
            RoutingCommand.class,
            HealthCommand.class,
            KeygenCommand.class,
            TlsCommand.class,
            VerifyCommand.class,
            StemFsckCommand.class
        })
public final class StemCommand extends Group {
    public StemCommand() {
        this(Session.ofProcess());
    }

    StemCommand(Session session) {
        super(session);
    }
}
