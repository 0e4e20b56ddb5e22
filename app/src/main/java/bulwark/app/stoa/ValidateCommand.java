package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reads a folder of routes and policies and asks nobody. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Check a folder of routes and policies; names are not looked up, which apply does.")
final class ValidateCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "DIR", description = "Folder with .yaml, .yml and .json files of routes and policies.")
    private Path folder = Path.of(".");

    ValidateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out()
                .println("valid: "
                        + RouteFolder.read(context.directory().resolve(folder)).count());
        return 0;
    }
}
