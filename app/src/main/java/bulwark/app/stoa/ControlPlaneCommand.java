package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ServiceCommand;
import bulwark.gateway.control.ControlPlane;
import bulwark.gateway.control.ControlSettings;
import bulwark.gateway.control.state.ControlDatabase;
import bulwark.gateway.control.state.ControlStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.store.Fsck;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The control plane in this process until SIGTERM, and what its owner asks of it. */
@Command(
        name = "control-plane",
        mixinStandardHelpOptions = true,
        description = "Run the control plane: settings from STOA_* and .env in this folder.",
        subcommands = {
            ControlAdminCommand.class,
            SnapshotKeyCommand.class,
            ControlPlaneCommand.Resume.class,
            ControlPlaneCommand.Check.class
        })
final class ControlPlaneCommand extends ServiceCommand {
    ControlPlaneCommand(CommandContext context) {
        super(context, ControlSettings.schema());
    }

    @Override
    protected int run() throws Exception {
        ControlPlane plane = ControlPlane.start(this::settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(plane::close, "stop"));
        return plane.awaitExitCode();
    }

    static Path stateFolder(CommandContext context) {
        Configuration settings =
                Configuration.readLenient(ControlSettings.schema(), context.environment(), context.directory());
        return context.directory().resolve(settings.text("STOA_STATE_DIR"));
    }

    static ControlDatabase database(CommandContext context) {
        return ControlDatabase.of(
                () -> Configuration.readLenient(ControlSettings.schema(), context.environment(), context.directory()),
                context.directory());
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description =
                    "Go on after a restore from an older backup: number snapshots from beyond what gateways carry.")
    static final class Resume implements Callable<Integer> {
        private final CommandContext context;

        @Option(
                names = "--generation",
                paramLabel = "N",
                required = true,
                description = "A number beyond the greatest that any gateway reports.")
        private long generation;

        Resume(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            try (ControlOwner owner = ControlOwner.of(context)) {
                owner.post("/owner/generation/advance", Map.of("generation", generation));
            }
            context.out().println("the next snapshot has a number beyond " + generation);
            return 0;
        }
    }

    @Command(
            name = "fsck",
            mixinStandardHelpOptions = true,
            description = "Check the store of the control plane and what vouches for it, and change nothing.")
    static final class Check implements Callable<Integer> {
        private final CommandContext context;

        Check(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Fsck.Report report = ControlStore.fsck(database(context));
            report.sentences().forEach(problem -> context.out().println("PROBLEM " + problem));
            context.out().println(report.clean() ? "clean" : "not clean");
            return (report.clean() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }
}
