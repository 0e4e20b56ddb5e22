package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.files.GatewayDocument;
import bulwark.gateway.files.RouteDifference;
import bulwark.kernel.error.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What apply would change. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Print what apply would change in the running gateway; ends with 1 when that is anything.")
final class DiffCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final AdminConnection gateway;

    @Parameters(paramLabel = "DIR", description = "Folder with .yaml, .yml and .json files of routes and policies.")
    private Path folder = Path.of(".");

    DiffCommand(CommandContext context) {
        this.context = context;
        this.gateway = new AdminConnection(context);
    }

    @Override
    public Integer call() throws Exception {
        GatewayDocument wanted = RouteFolder.read(context.directory().resolve(folder));
        RouteDifference difference = RouteDifference.between(gateway.document(), wanted);
        difference.lines().forEach(context.out()::println);
        return (difference.isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
    }
}
