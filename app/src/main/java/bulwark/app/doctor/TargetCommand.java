package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetFile;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Files that name a deployment. */
@Command(
        name = "target",
        description = "Target files, for deployments that are reached over the network.",
        subcommands = TargetCommand.Init.class)
final class TargetCommand extends CommandGroup {
    TargetCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "init",
            description = "Write a target file from a state folder: addresses, files and the doctor's own credentials.")
    static final class Init implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final TargetOptions target;

        @Parameters(paramLabel = "FILE", description = "The file to write; it must not be there yet.")
        private Path file = Path.of("");

        Init(CommandContext context) {
            this.context = context;
            this.target = new TargetOptions(context);
        }

        @Override
        public Integer call() throws IOException {
            Path to = context.directory().resolve(file);
            if (Files.exists(to)) {
                throw CommandFailed.usage(to + " is there already: name another file, or move it away");
            }
            Target found = target.find();
            List<String> faults = new ArrayList<>(found.faults().values());
            if (found.parts().isEmpty()) {
                faults.add(
                        "nothing runs in " + found.state().map(Path::toString).orElse("the state folder")
                                + ", so that there is nothing to name: start ./bulwark up, and write the file then");
            }
            if (!faults.isEmpty()) {
                throw new CommandFailed(String.join("; ", faults));
            }
            TargetFile.write(to, found);
            context.out().println("wrote " + to + ": put the addresses that callers use into it");
            return 0;
        }
    }
}
