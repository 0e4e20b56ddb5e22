package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.Json;
import bulwark.app.cli.TextTable;
import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.TaskRuntime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Queues, workers and dead letters at a glance, from the stores or from a snapshot file. */
@Command(
        name = "observe",
        mixinStandardHelpOptions = true,
        description = "Show queues, workers and dead letters.",
        subcommands = {
            ObserveCommand.Queues.class,
            ObserveCommand.Workers.class,
            ObserveCommand.Dlq.class,
            ObserveSchedulesCommand.class,
            ObserveCommand.MetricsOfThis.class
        })
final class ObserveCommand extends CommandGroup {
    private static final int MAX_DEAD_LETTERS = 1000;

    ObserveCommand(CommandContext context) {
        super(context);
    }

    /** A snapshot has the members {@code queues}, {@code workers} and {@code dlq}; this reads one, or makes the part that is asked for. */
    static final class Source {
        @Mixin
        final SettingsOptions settings;

        @Option(
                names = {"-f", "--file"},
                description = "A snapshot to show instead of the stores.")
        private @Nullable Path file;

        Source(CommandContext context) {
            this.settings = new SettingsOptions(context);
        }

        PrintStream out() {
            return settings.session().out();
        }

        Iterable<JsonNode> rows(String part, java.util.function.Function<TaskRuntime, ObjectNode> live)
                throws IOException {
            if (file != null) {
                return Json.parseObject(
                                Files.readString(settings.session().directory().resolve(file)), file.toString())
                        .path(part);
            }
            try (TaskRuntime runtime = settings.open()) {
                return live.apply(runtime).path(part);
            }
        }
    }

    /** One part of a snapshot as a table; columns and members of a row stand in the same order. */
    abstract static class Part implements Callable<Integer> {
        @Mixin
        private final Source source;

        private final String name;
        private final TextTable table;
        private final List<String> members;

        Part(CommandContext context, String name, TextTable table, String... members) {
            this.source = new Source(context);
            this.name = name;
            this.table = table;
            this.members = List.of(members);
        }

        /** What is there now. */
        abstract void fill(ArrayNode rows, TaskRuntime runtime);

        @Override
        public Integer call() throws IOException {
            table.header(source.out());
            for (JsonNode row : source.rows(name, this::live)) {
                table.row(
                        source.out(),
                        members.stream()
                                .map(member -> row.path(member).asString("-"))
                                .toArray(String[]::new));
            }
            return 0;
        }

        private ObjectNode live(TaskRuntime runtime) {
            ObjectNode snapshot = Json.object();
            fill(snapshot.putArray(name), runtime);
            return snapshot;
        }
    }

    @Command(
            name = "queues",
            mixinStandardHelpOptions = true,
            description = "Pending and in-flight messages of each queue.")
    static final class Queues extends Part {
        Queues(CommandContext context) {
            super(
                    context,
                    "queues",
                    new TextTable().column("Queue", 24).column("Pending", 8).column("Inflight", 8),
                    "queue",
                    "pending",
                    "inflight");
        }

        @Override
        void fill(ArrayNode rows, TaskRuntime runtime) {
            for (String queue : known(runtime)) {
                QueueCounts counts = runtime.stores().broker().counts(queue);
                rows.addObject()
                        .put("queue", queue)
                        .put("pending", counts.pending())
                        .put("inflight", counts.inFlight());
            }
        }
    }

    @Command(name = "workers", mixinStandardHelpOptions = true, description = "Workers with a recent heartbeat.")
    static final class Workers extends Part {
        Workers(CommandContext context) {
            super(
                    context,
                    "workers",
                    new TextTable().column("Worker", 40).column("Active", 6).column("Last Heartbeat", 27),
                    "id",
                    "active",
                    "lastHeartbeat");
        }

        @Override
        void fill(ArrayNode rows, TaskRuntime runtime) {
            for (ObjectNode heartbeat : runtime.stores().results().heartbeats()) {
                rows.addObject()
                        .put("id", heartbeat.path("workerId").asString(""))
                        .put("active", heartbeat.path("inflight").asInt(0))
                        .put("lastHeartbeat", heartbeat.path("timestamp").asString("-"));
            }
        }
    }

    @Command(name = "dlq", mixinStandardHelpOptions = true, description = "Dead letters of every queue.")
    static final class Dlq extends Part {
        Dlq(CommandContext context) {
            super(
                    context,
                    "dlq",
                    new TextTable().column("Queue", 24).column("Task ID", 36).column("Reason", 40),
                    "queue",
                    "taskId",
                    "reason");
        }

        @Override
        void fill(ArrayNode rows, TaskRuntime runtime) {
            for (String queue : known(runtime)) {
                if (rows.size() >= MAX_DEAD_LETTERS) {
                    break;
                }
                for (DeadLetter deadLetter : runtime.stores()
                        .broker()
                        .deadLetters()
                        .page(queue, 0, MAX_DEAD_LETTERS - rows.size(), null)
                        .deadLetters()) {
                    rows.addObject()
                            .put("queue", queue)
                            .put("taskId", DlqCommand.id(deadLetter))
                            .put("reason", deadLetter.reason())
                            .put("deadAt", DartTimestamps.of(deadLetter.deadAt()));
                }
            }
        }
    }

    @Command(
            name = "metrics",
            mixinStandardHelpOptions = true,
            description =
                    "Metrics of this process only; each worker serves its own at http://HOST:STEM_METRICS_PORT/metrics.")
    static final class MetricsOfThis implements Callable<Integer> {
        private final CommandContext context;

        MetricsOfThis(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ObjectNode json = Json.object();
            json.putArray("counters");
            json.putArray("gauges");
            json.putArray("histograms");
            new Metrics().scrape().lines().filter(line -> !line.startsWith("#")).forEach(json.withArray("gauges")::add);
            context.out().println(Json.pretty(json));
            return 0;
        }
    }

    /** Of the settings, the routing file, the heartbeats and the store itself. */
    private static Iterable<String> known(TaskRuntime runtime) {
        TreeSet<String> queues = new TreeSet<>(runtime.stores().broker().queues());
        Routing routing = runtime.routing();
        queues.addAll(routing.queues().keySet());
        queues.add(routing.defaultQueue().queue());
        queues.addAll(runtime.configuration().list("STEM_WORKER_QUEUES"));
        runtime.stores()
                .results()
                .heartbeats()
                .forEach(heartbeat -> heartbeat
                        .path("queues")
                        .forEach(queue -> queues.add(queue.path("name").asString(""))));
        queues.remove("");
        queues.removeIf(queue -> queue.contains(".control."));
        return queues;
    }
}
