package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.Json;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.TaskRuntime;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows what the routing file comes to. */
@Command(
        name = "routing",
        mixinStandardHelpOptions = true,
        description = "Show how tasks are routed to queues.",
        subcommands = RoutingCommand.Dump.class)
final class RoutingCommand extends CommandGroup {
    RoutingCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "dump",
            mixinStandardHelpOptions = true,
            description = "Print the effective routing in the form of a routing file.")
    static final class Dump implements Callable<Integer> {
        @Mixin
        private final SettingsOptions settings;

        @Option(names = "--sample", description = "Print an example to start from.")
        private boolean sample;

        @Option(names = "--json", description = "Print JSON instead of YAML.")
        private boolean json;

        Dump(CommandContext context) {
            this.settings = new SettingsOptions(context);
        }

        @Override
        public Integer call() {
            PrintStream out = settings.session().out();
            if (sample && !json) {
                out.print(SAMPLE);
                return 0;
            }
            ObjectNode document = document(
                    sample
                            ? bulwark.tasks.routing.RoutingFile.parse(SAMPLE, "default")
                            : TaskRuntime.routing(settings.configuration(), settings.directory()));
            if (json) {
                out.println(Json.pretty(document));
            } else {
                document.properties()
                        .forEach(member -> out.println(member.getKey() + ": " + Json.compact(member.getValue())));
            }
            return 0;
        }
    }

    private static final String SAMPLE = """
            # First rule that matches decides; what none matches goes where it asks to, else to the default queue.
            default_queue:
              alias: default
              queue: default
            queues:
              default: {}
              critical: {priority_range: [5, 9]}
            broadcasts:
              updates: {}
            routes:
              - match: {task: "billing.*"}
                target: {type: queue, name: critical}
                priority_override: 7
              - match: {task: ["cache.*", "flags.reload"], headers: {scope: everywhere}}
                target: {type: broadcast, name: updates}
            """;

    private static ObjectNode document(Routing routing) {
        ObjectNode document = Json.object();
        document.putObject("default_queue")
                .put("alias", routing.defaultQueue().alias())
                .put("queue", routing.defaultQueue().queue());
        ObjectNode queues = document.putObject("queues");
        routing.queues()
                .forEach((name, range) -> queues.putObject(name)
                        .putArray("priority_range")
                        .add(range.min())
                        .add(range.max()));
        ObjectNode broadcasts = document.putObject("broadcasts");
        routing.broadcasts().forEach(broadcasts::putObject);
        ArrayNode routes = document.putArray("routes");
        for (Routing.Rule rule : routing.rules()) {
            ObjectNode route = routes.addObject();
            ObjectNode match = route.putObject("match");
            if (!rule.tasks().isEmpty()) {
                ArrayNode tasks = match.putArray("task");
                rule.tasks().forEach(glob -> tasks.add(glob.text()));
            }
            if (!rule.headers().isEmpty()) {
                ObjectNode headers = match.putObject("headers");
                rule.headers().forEach(headers::put);
            }
            if (rule.queue() != null) {
                match.put("queue_override", rule.queue());
            }
            route.putObject("target")
                    .put("type", rule.broadcast() ? "broadcast" : "queue")
                    .put("name", rule.target());
            if (rule.priority() != null) {
                route.put("priority_override", rule.priority());
            }
        }
        return document;
    }
}
