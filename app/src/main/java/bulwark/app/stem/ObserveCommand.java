package bulwark.app.stem;

import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.Tasks;
import bulwark.tasks.time.TimeText;
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
final class ObserveCommand extends Group {
    private static final int MOST_LETTERS = 1000;

    ObserveCommand(Session session) {
        super(session);
    }

    /** A snapshot has the members {@code queues}, {@code workers} and {@code dlq}; this reads one, or makes the part that is asked for. */
    static final class Source {
        @Mixin
        final Place place;

        @Option(
                names = {"-f", "--file"},
                description = "A snapshot to show instead of the stores.")
        private @Nullable Path file;

        Source(Session session) {
            this.place = new Place(session);
        }

        PrintStream out() {
            return place.session().out();
        }

        Iterable<JsonNode> rows(String part, java.util.function.Function<Tasks, ObjectNode> live) throws IOException {
            if (file != null) {
                return Json.parseObject(
                                Files.readString(place.session().directory().resolve(file)), file.toString())
                        .path(part);
            }
            try (Tasks tasks = place.open()) {
                return live.apply(tasks).path(part);
            }
        }
    }

    /** One part of a snapshot as a table; columns and members of a row stand in the same order. */
    abstract static class Part implements Callable<Integer> {
        @Mixin
        private final Source source;

        private final String name;
        private final Table table;
        private final List<String> members;

        Part(Session session, String name, Table table, String... members) {
            this.source = new Source(session);
            this.name = name;
            this.table = table;
            this.members = List.of(members);
        }

        /** What is there now. */
        abstract void fill(ArrayNode rows, Tasks tasks);

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

        private ObjectNode live(Tasks tasks) {
            ObjectNode snapshot = Json.object();
            fill(snapshot.putArray(name), tasks);
            return snapshot;
        }
    }

    @Command(
            name = "queues",
            mixinStandardHelpOptions = true,
            description = "Pending and in-flight messages of each queue.")
    static final class Queues extends Part {
        Queues(Session session) {
            super(
                    session,
                    "queues",
                    new Table().column("Queue", 24).column("Pending", 8).column("Inflight", 8),
                    "queue",
                    "pending",
                    "inflight");
        }

        @Override
        void fill(ArrayNode rows, Tasks tasks) {
            for (String queue : known(tasks)) {
                QueueCounts counts = tasks.stores().broker().counts(queue);
                rows.addObject()
                        .put("queue", queue)
                        .put("pending", counts.pending())
                        .put("inflight", counts.inFlight());
            }
        }
    }

    @Command(name = "workers", mixinStandardHelpOptions = true, description = "Workers with a recent heartbeat.")
    static final class Workers extends Part {
        Workers(Session session) {
            super(
                    session,
                    "workers",
                    new Table().column("Worker", 40).column("Active", 6).column("Last Heartbeat", 27),
                    "id",
                    "active",
                    "lastHeartbeat");
        }

        @Override
        void fill(ArrayNode rows, Tasks tasks) {
            for (ObjectNode heartbeat : tasks.stores().results().heartbeats()) {
                rows.addObject()
                        .put("id", heartbeat.path("workerId").asString(""))
                        .put("active", heartbeat.path("inflight").asInt(0))
                        .put("lastHeartbeat", heartbeat.path("timestamp").asString("-"));
            }
        }
    }

    @Command(name = "dlq", mixinStandardHelpOptions = true, description = "Dead letters of every queue.")
    static final class Dlq extends Part {
        Dlq(Session session) {
            super(
                    session,
                    "dlq",
                    new Table().column("Queue", 24).column("Task ID", 36).column("Reason", 40),
                    "queue",
                    "taskId",
                    "reason");
        }

        @Override
        void fill(ArrayNode rows, Tasks tasks) {
            for (String queue : known(tasks)) {
                if (rows.size() >= MOST_LETTERS) {
                    break;
                }
                for (DeadLetter letter : tasks.stores()
                        .broker()
                        .deadLetters(queue, 0, MOST_LETTERS - rows.size(), null)
                        .letters()) {
                    rows.addObject()
                            .put("queue", queue)
                            .put("taskId", DlqCommand.id(letter))
                            .put("reason", letter.reason())
                            .put("deadAt", TimeText.of(letter.deadAt()));
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
        private final Session session;

        MetricsOfThis(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            ObjectNode json = Json.object();
            json.putArray("counters");
            json.putArray("gauges");
            json.putArray("histograms");
            new Metrics().scrape().lines().filter(line -> !line.startsWith("#")).forEach(json.withArray("gauges")::add);
            session.out().println(Json.pretty(json));
            return 0;
        }
    }

    /** Of the settings, the routing file, the heartbeats and the store itself. */
    private static Iterable<String> known(Tasks tasks) {
        TreeSet<String> queues = new TreeSet<>(tasks.stores().broker().queues());
        Routing routing = tasks.routing();
        queues.addAll(routing.queues().keySet());
        queues.add(routing.defaultQueue().queue());
        queues.addAll(tasks.configuration().list("STEM_WORKER_QUEUES"));
        tasks.stores()
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
