package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ShowConfig;
import bulwark.kernel.config.Configuration;
import bulwark.tasks.setup.TaskSettings;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything that {@code stem} can be asked. */
@Command(
        name = "stem",
        description = "Signed background tasks: send, run and operate them.",
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
            StemFsckCommand.class,
            StemAuditCommand.class
        })
final class StemCommand implements Callable<Integer> {
    private final CommandContext context;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--show-config",
            description = "Print name, value, source and purpose of every setting, secrets hidden, and exit.")
    private boolean showConfig;

    StemCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (showConfig) {
            return ShowConfig.print(
                    Configuration.inspect(TaskSettings.schema(), context.environment(), context.directory()),
                    context.out(),
                    context.err());
        }
        Objects.requireNonNull(spec).commandLine().usage(context.out());
        return 0;
    }
}
