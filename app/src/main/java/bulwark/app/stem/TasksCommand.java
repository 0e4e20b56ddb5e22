package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.Json;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.setup.HandlerClassLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Which tasks a worker of this program can run. */
@Command(
        name = "tasks",
        mixinStandardHelpOptions = true,
        description = "Show the known tasks.",
        subcommands = TasksCommand.Ls.class)
final class TasksCommand extends CommandGroup {
    TasksCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "ls",
            mixinStandardHelpOptions = true,
            description = "List the handlers that a worker started here would register.")
    static final class Ls implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final SettingsOptions settings;

        @Option(names = "--json", description = "Print the answer as JSON.")
        private boolean json;

        Ls(CommandContext context) {
            this.context = context;
            settings = new SettingsOptions(context);
        }

        @Override
        public Integer call() {
            HandlerRegistry handlers = HandlerRegistry.discover(
                    HandlerClassLoader.of(settings.configuration(), settings.directory()), PlatformTask.all(context));
            if (json) {
                ArrayNode all = JsonNodeFactory.instance.arrayNode();
                for (TaskHandler handler : handlers.all()) {
                    all.addObject()
                            .put("name", handler.name())
                            .put("description", handler.description())
                            .put("maxRetries", handler.options().maxRetries());
                }
                context.out().println(Json.pretty(all));
                return 0;
            }
            // Nothing here claims to be idempotent or has tags: the columns stay for readers of the original's output.
            String form = "%-28s %-60s %-10s %s%n";
            context.out().printf(form, "NAME", "DESCRIPTION", "IDEMPOTENT", "TAGS");
            handlers.all().forEach(h -> context.out().printf(form, h.name(), h.description(), "-", "-"));
            return 0;
        }
    }
}
