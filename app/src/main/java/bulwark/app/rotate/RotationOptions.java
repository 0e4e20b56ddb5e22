package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.OptionParsers;
import bulwark.app.up.PartList;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which deployment, and how long a command waits. */
final class RotationOptions {
    private final CommandContext context;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "State folder of ./bulwark up (default .bulwark beside the program).")
    private Path state = Path.of(System.getProperty("bulwark.home", ".bulwark"));

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description =
                    "How long one state may wait for what is missing, before the command says so and ends (default ${DEFAULT-VALUE}).")
    private String wait = "2m";

    RotationOptions(CommandContext context) {
        this.context = context;
    }

    RotationFolder folder() {
        return RotationFolder.of(context, state, PartList.all());
    }

    RotationFolder.Session open(RotationFolder folder) throws IOException {
        return folder.open(context.environment(), context.clock(), line -> {});
    }

    RotationDriver driver(RotationFolder.Session session) {
        return new RotationDriver(session.runner(), OptionParsers.duration("--wait", wait), context.out());
    }

    /** Empty, with a sentence on standard error, also while what must be asked does not answer. */
    Optional<Expiry> expiry(RotationKind kind) throws InterruptedException {
        try {
            return kind.expiry();
        } catch (IOException e) {
            context.err().println(PrintableText.line(kind.name() + " was not looked at: " + e.getMessage()));
            return Optional.empty();
        }
    }

    /** One that waits for something else than the end of its window is not what was asked for. */
    static int exitCode(List<RotationDriver.Outcome> outcomes) {
        return (outcomes.contains(RotationDriver.Outcome.WAITING) ? ExitCode.NEGATIVE : ExitCode.DONE).plain();
    }
}
