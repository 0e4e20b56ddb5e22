package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.files.GatewayDocument;
import bulwark.gateway.files.RouteDifference;
import bulwark.kernel.error.CommandFailed;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Makes the routes and policies of the running gateway those of a folder. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description =
                "Make the routes and policies of the running gateway those of a folder, all of them or none; others are removed.")
final class ApplyCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final AdminConnection gateway;

    @Parameters(paramLabel = "DIR", description = "Folder with .yaml, .yml and .json files of routes and policies.")
    private Path folder = Path.of(".");

    @Option(names = "--remove-all", description = "Apply a folder without routes too, which removes every route.")
    private boolean removeAll;

    ApplyCommand(CommandContext context) {
        this.context = context;
        this.gateway = new AdminConnection(context);
    }

    @Override
    public Integer call() throws Exception {
        GatewayDocument wanted = RouteFolder.read(context.directory().resolve(folder));
        GatewayDocument now = gateway.document();
        if (wanted.routes().isEmpty() && !now.routes().isEmpty() && !removeAll) {
            throw CommandFailed.usage(folder + " holds no route, and the gateway has "
                    + now.routes().size()
                    + ": give --remove-all when every one of them is to go");
        }
        RouteDifference.between(now, wanted).lines().forEach(context.out()::println);
        JsonNode answer = gateway.apply(wanted);
        context.out().println("applied: generation " + answer.path("generation").asLong());
        return 0;
    }
}
