package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.OptionParsers;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.setup.TaskRuntime;
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
    private final SettingsOptions settings;

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

    WorkerStatusCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (backend != null) {
            settings.insteadOfUrl("--backend", "STEM_RESULT_BACKEND_URL", backend);
        }
        Duration patience = OptionParsers.duration("--timeout", timeout);
        try (TaskRuntime runtime = settings.open()) {
            return follow ? follow(runtime, patience) : snapshot(runtime);
        }
    }

    private List<ObjectNode> heartbeats(TaskRuntime runtime) {
        String wanted = namespace != null ? namespace : runtime.configuration().text("STEM_WORKER_NAMESPACE");
        return runtime.stores().results().heartbeats().stream()
                .filter(beat -> beat.path("namespace").asString("").equals(wanted))
                .filter(beat -> workers.isEmpty() || workers.contains(id(beat)))
                .toList();
    }

    private int snapshot(TaskRuntime runtime) {
        List<ObjectNode> beats = heartbeats(runtime);
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            beats.forEach(all::add);
            settings.session().out().println(Json.pretty(all));
        } else if (beats.isEmpty()) {
            settings.session().out().println("No worker heartbeats found.");
        } else {
            beats.forEach(beat -> print(beat, runtime));
        }
        return 0;
    }

    private int follow(TaskRuntime runtime, Duration patience) throws InterruptedException {
        Map<String, String> seen = new HashMap<>();
        long last = System.nanoTime();
        while (System.nanoTime() - last < patience.toNanos()) {
            for (ObjectNode beat : heartbeats(runtime)) {
                String stamp = beat.path("timestamp").asString("");
                if (!stamp.equals(seen.put(id(beat), stamp))) {
                    last = System.nanoTime();
                    if (json) {
                        settings.session().out().println(Json.compact(beat));
                    } else {
                        print(beat, runtime);
                    }
                }
            }
            Thread.sleep(LOOK);
        }
        throw CommandFailed.negative("no heartbeat within " + patience.toMillis() + "ms");
    }

    private static String id(ObjectNode beat) {
        return beat.path("workerId").asString("");
    }

    private void print(ObjectNode beat, TaskRuntime runtime) {
        String stamp = beat.path("timestamp").asString("");
        settings.session()
                .out()
                .println(PrintableText.line("Worker " + id(beat) + " (namespace: "
                        + beat.path("namespace").asString("") + ") @ " + stamp + " isolate="
                        + beat.path("isolateCount").asString("0") + " inflight="
                        + beat.path("inflight").asString("0")
                        + stale(stamp, runtime)));
        beat.path("queues")
                .forEach(queue -> settings.session()
                        .out()
                        .println(PrintableText.line("  " + queue.path("name").asString("") + ": inflight="
                                + queue.path("inflight").asString("0"))));
    }

    private String stale(String stamp, TaskRuntime runtime) {
        Duration every = interval == null
                ? runtime.configuration().duration("STEM_HEARTBEAT_INTERVAL")
                : OptionParsers.duration("--heartbeat-interval", interval);
        Instant at = DartTimestamps.parse(stamp).orElse(Instant.EPOCH);
        Duration age = Duration.between(at, runtime.clock().instant());
        return age.compareTo(every.multipliedBy(MISSED)) > 0 ? " [stale " + age.toSeconds() + "s]" : "";
    }
}
