package bulwark.app.stem;

import bulwark.tasks.setup.Tasks;
import bulwark.tasks.time.TimeText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Workers by their heartbeats in the result backend, over the same connection and certificates as everything else. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Workers by their heartbeats.")
final class WorkerStatusCommand implements Callable<Integer> {
    private static final int MISSED = 3;
    private static final Duration LOOK = Duration.ofMillis(250);

    @Mixin
    private final Place place;

    @Option(
            names = {"-w", "--worker"},
            paramLabel = "ID",
            description = "Only this worker; may be repeated.")
    private List<String> workers = List.of();

    @Option(
            names = {"-f", "--follow"},
            description = "Keep printing heartbeats as they arrive.")
    private boolean follow;

    @Option(names = "--json", description = "Print JSON; with --follow, one line for each heartbeat.")
    private boolean json;

    @Option(names = "--namespace", description = "Namespace of the workers (default: STEM_WORKER_NAMESPACE).")
    private @Nullable String namespace;

    @Option(
            names = "--backend",
            paramLabel = "URL",
            description = "Result backend URL, overrides STEM_RESULT_BACKEND_URL.")
    private @Nullable String backend;

    @Option(
            names = "--timeout",
            description = "With --follow: exit after DURATION without a heartbeat (default ${DEFAULT-VALUE}).")
    private String timeout = "30s";

    @Option(
            names = "--heartbeat-interval",
            description = "What a worker is measured by (default: STEM_HEARTBEAT_INTERVAL).")
    private @Nullable String interval;

    @Option(names = "--metrics-exporters", hidden = true, description = "Accepted for compatibility; without effect.")
    private @Nullable String exporters;

    WorkerStatusCommand(Session session) {
        this.place = new Place(session);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (backend != null) {
            place.instead("STEM_RESULT_BACKEND_URL", backend);
        }
        Duration patience = Options.duration("--timeout", timeout);
        try (Tasks tasks = place.open()) {
            return follow ? follow(tasks, patience) : snapshot(tasks);
        }
    }

    private List<ObjectNode> heartbeats(Tasks tasks) {
        String wanted = namespace != null ? namespace : tasks.configuration().text("STEM_WORKER_NAMESPACE");
        return tasks.stores().results().heartbeats().stream()
                .filter(beat -> beat.path("namespace").asString("").equals(wanted))
                .filter(beat -> workers.isEmpty() || workers.contains(id(beat)))
                .toList();
    }

    private int snapshot(Tasks tasks) {
        List<ObjectNode> beats = heartbeats(tasks);
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            beats.forEach(all::add);
            place.session().out().println(Json.pretty(all));
        } else if (beats.isEmpty()) {
            place.session().out().println("No worker heartbeats found.");
        } else {
            beats.forEach(beat -> print(beat, tasks));
        }
        return 0;
    }

    private int follow(Tasks tasks, Duration patience) throws InterruptedException {
        Map<String, String> seen = new HashMap<>();
        long last = System.nanoTime();
        while (System.nanoTime() - last < patience.toNanos()) {
            for (ObjectNode beat : heartbeats(tasks)) {
                String stamp = beat.path("timestamp").asString("");
                if (!stamp.equals(seen.put(id(beat), stamp))) {
                    last = System.nanoTime();
                    if (json) {
                        place.session().out().println(Json.compact(beat));
                    } else {
                        print(beat, tasks);
                    }
                }
            }
            Thread.sleep(LOOK);
        }
        throw new StemFailed(StemFailed.NEGATIVE, "no heartbeat within " + patience.toMillis() + "ms");
    }

    private static String id(ObjectNode beat) {
        return beat.path("workerId").asString("");
    }

    private void print(ObjectNode beat, Tasks tasks) {
        String stamp = beat.path("timestamp").asString("");
        place.session()
                .out()
                .println(Table.printable("Worker " + id(beat) + " (namespace: "
                        + beat.path("namespace").asString("") + ") @ " + stamp + " isolate="
                        + beat.path("isolateCount").asString("0") + " inflight="
                        + beat.path("inflight").asString("0")
                        + stale(stamp, tasks)));
        beat.path("queues")
                .forEach(queue -> place.session()
                        .out()
                        .println(Table.printable("  " + queue.path("name").asString("") + ": inflight="
                                + queue.path("inflight").asString("0"))));
    }

    private String stale(String stamp, Tasks tasks) {
        Duration every = interval == null
                ? tasks.configuration().duration("STEM_HEARTBEAT_INTERVAL")
                : Options.duration("--heartbeat-interval", interval);
        Instant at = TimeText.parse(stamp).orElse(Instant.EPOCH);
        Duration age = Duration.between(at, tasks.clock().instant());
        return age.compareTo(every.multipliedBy(MISSED)) > 0 ? " [stale " + age.toSeconds() + "s]" : "";
    }
}
