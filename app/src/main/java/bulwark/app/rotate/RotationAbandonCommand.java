package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.rotation.RotationRecord;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Gives a rotation up before the new key is in use. */
@Command(
        name = "abandon",
        description = "Withdraw and delete the new key of a rotation that is not promoted yet; the old one goes on.")
final class RotationAbandonCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final RotationOptions options;

    @Parameters(paramLabel = "ID", description = "Id of the rotation, as rotate status prints it.")
    private String id = "";

    RotationAbandonCommand(CommandContext context) {
        this.context = context;
        this.options = new RotationOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RotationFolder folder = options.folder();
        try (RotationFolder.Session session = options.open(folder)) {
            RotationRecord rotation = session.journal().find(id);
            RotationRecord abandoned = session.runner().abandon(folder.kind(rotation.kind()), id);
            context.out()
                    .println(id + "  " + abandoned.kind() + "  "
                            + abandoned.state().word());
            return 0;
        }
    }
}
