package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.rotation.RotationRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Goes on with a rotation that waited, was interrupted, or whose window is over. */
@Command(name = "resume", description = "Continue a rotation from the state in which it stands.")
final class RotationResumeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final RotationOptions options;

    @Parameters(paramLabel = "ID", description = "Id of the rotation, as rotate status prints it.")
    private String id = "";

    RotationResumeCommand(CommandContext context) {
        this.context = context;
        this.options = new RotationOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RotationFolder folder = options.folder();
        try (RotationFolder.Session session = options.open(folder)) {
            RotationRecord rotation = session.journal().find(id);
            if (rotation.isFinished()) {
                context.out()
                        .println(id + "  " + rotation.kind() + "  "
                                + rotation.state().word() + ": nothing is left to do");
                return 0;
            }
            return RotationOptions.exitCode(
                    List.of(options.driver(session).drive(folder.kind(rotation.kind()), rotation)));
        }
    }
}
