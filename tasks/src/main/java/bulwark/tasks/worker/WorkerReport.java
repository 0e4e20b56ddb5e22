package bulwark.tasks.worker;

import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.execution.RevokedTasks;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.execution.WorkerTelemetry;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a worker says of itself: heartbeats and the replies to ping, stats and inspect. Members: Stem 0.2. Thread-safe. */
final class WorkerReport {
    private final WorkerSettings settings;
    private final InFlight inFlight;
    private final RevokedTasks revoked;
    private final Liveness liveness;
    private final WorkerTelemetry telemetry;
    private final EnvelopeSigning signing;
    private final Clock clock;
    private final Instant startedAt;

    WorkerReport(
            WorkerSettings settings,
            InFlight inFlight,
            RevokedTasks revoked,
            Liveness liveness,
            WorkerTelemetry telemetry,
            EnvelopeSigning signing,
            Clock clock) {
        this.settings = settings;
        this.inFlight = inFlight;
        this.revoked = revoked;
        this.liveness = liveness;
        this.telemetry = telemetry;
        this.signing = signing;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    private ObjectNode now() {
        return JsonNodeFactory.instance.objectNode().put("timestamp", DartTimestamps.of(clock.instant()));
    }

    ObjectNode ping() {
        ObjectNode json = now();
        json.put("queue", settings.queues().isEmpty() ? "" : settings.queues().getFirst());
        json.put("inflight", inFlight.running().size());
        json.set("subscriptions", subscriptions());
        return json;
    }

    ObjectNode stats(Map<String, Long> depths) {
        ObjectNode json = now();
        json.put("namespace", settings.namespace());
        json.put("queue", settings.queues().isEmpty() ? "" : settings.queues().getFirst());
        json.put("host", WorkerSettings.host());
        json.put("pid", ProcessHandle.current().pid());
        json.put("concurrency", settings.concurrency()).put("maxConcurrency", settings.concurrency());
        json.put("autoscaleEnabled", false).put("prefetch", settings.maxInFlight());
        json.put("inflight", inFlight.running().size());
        json.set("queues", queues());
        strings(json.putArray("pausedQueues"), revoked.pausedQueues());
        json.set("active", active(false));
        json.set("subscriptions", subscriptions());
        json.put("lastLeaseRenewalMsAgo", liveness.sinceAnsweredMs());
        json.put(
                "lastQueueDepth",
                depths.values().stream().mapToLong(Long::longValue).sum());
        return json;
    }

    ObjectNode inspect(boolean withRevoked) {
        ObjectNode json = now();
        json.put("inflight", inFlight.running().size());
        json.set("active", active(true));
        strings(json.putArray("pausedQueues"), revoked.pausedQueues());
        if (withRevoked) {
            strings(json.putArray("revoked"), revoked.revoked());
        }
        return json;
    }

    ObjectNode heartbeat(Map<String, Long> depths) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("workerId", settings.id()).put("namespace", settings.namespace());
        json.put("timestamp", DartTimestamps.of(clock.instant()));
        json.put("isolateCount", settings.concurrency());
        json.put("inflight", inFlight.running().size());
        json.put("lastLeaseRenewal", DartTimestamps.of(clock.instant().minusMillis(liveness.sinceAnsweredMs())));
        json.put("version", "1");
        json.set("queues", queues());
        json.set("extras", extras(depths));
        return json;
    }

    private ObjectNode extras(Map<String, Long> depths) {
        ObjectNode extras = JsonNodeFactory.instance.objectNode();
        long up = Math.max(0, clock.millis() - startedAt.toEpochMilli());
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        extras.put("host", WorkerSettings.host()).put("hostname", WorkerSettings.host());
        extras.put("pid", ProcessHandle.current().pid());
        extras.put("concurrency", settings.concurrency()).put("maxConcurrency", settings.concurrency());
        extras.put("prefetch", settings.maxInFlight()).put("autoscale", false);
        extras.put("startedAt", DartTimestamps.of(startedAt))
                .put("uptimeMs", up)
                .put("uptime", up / 1_000 + "s");
        extras.put("memoryBytes", used).put("memoryMaxBytes", runtime.maxMemory());
        extras.put("memoryPercent", Math.round(1_000.0 * used / runtime.maxMemory()) / 10.0);
        extras.put("loadAvg", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        extras.put("cpuCount", runtime.availableProcessors());
        extras.put("started", telemetry.startedRuns())
                .put("completed", telemetry.completedRuns())
                .put("failed", telemetry.failedRuns());
        extras.put(
                "queueDepth",
                depths.values().stream().mapToLong(Long::longValue).sum());
        extras.set("subscriptions", subscriptions());
        ObjectNode keys = extras.putObject("acceptedKeys");
        for (KeyPurpose purpose : KeyPurpose.values()) {
            strings(keys.putArray(purpose.word()), signing.forPurpose(purpose).acceptedKeyIds());
        }
        return extras;
    }

    private ArrayNode queues() {
        Map<String, Integer> counts = new TreeMap<>();
        settings.queues().forEach(queue -> counts.put(queue, 0));
        inFlight.running().forEach(leased -> counts.merge(leased.message().queue(), 1, Integer::sum));
        ArrayNode queues = JsonNodeFactory.instance.arrayNode();
        counts.forEach((queue, count) -> queues.addObject().put("name", queue).put("inflight", count));
        return queues;
    }

    private ObjectNode subscriptions() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        strings(json.putArray("queues"), settings.queues());
        if (!settings.broadcasts().isEmpty()) {
            strings(json.putArray("broadcasts"), settings.broadcasts());
        }
        return json;
    }

    private ArrayNode active(boolean withStatus) {
        ArrayNode active = JsonNodeFactory.instance.arrayNode();
        for (LeasedDelivery leased : inFlight.running()) {
            VerifiedTask task = leased.running();
            if (task == null) {
                continue;
            }
            Envelope envelope = task.envelope();
            ObjectNode one = active.addObject();
            one.put("id", envelope.id())
                    .put("task", envelope.name())
                    .put("queue", task.delivery().queue());
            one.put("attempt", task.attempt()).put("runtimeMs", leased.runNanos() / 1_000_000);
            one.put("startedAt", DartTimestamps.of(task.startedAt()));
            if (withStatus) {
                one.put("status", TaskState.RUNNING.wire());
            }
        }
        return active;
    }

    private static void strings(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
