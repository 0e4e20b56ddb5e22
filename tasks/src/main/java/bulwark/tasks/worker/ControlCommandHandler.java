package bulwark.tasks.worker;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.control.ControlCommand;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.execution.RevocationJson;
import bulwark.tasks.execution.RevokedTasks;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.store.Revocation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Does what commands ask. Types and members: Stem 0.2. Called by one thread. */
final class ControlCommandHandler {
    private static final int MAX_IDS = 10_000;

    private final WorkerSettings settings;
    private final WorkerReport report;
    private final RevokedTasks revoked;
    private final InFlight inFlight;
    private final Supplier<Map<String, Long>> depths;
    private final Function<Worker.Mode, Boolean> shutdown;
    private final TaskEvidence evidence;
    private final Clock clock;

    /** @param shutdown true when it was under way already */
    ControlCommandHandler(
            WorkerSettings settings,
            WorkerReport report,
            RevokedTasks revoked,
            InFlight inFlight,
            Supplier<Map<String, Long>> depths,
            Function<Worker.Mode, Boolean> shutdown,
            TaskEvidence evidence,
            Clock clock) {
        this.settings = settings;
        this.report = report;
        this.revoked = revoked;
        this.inFlight = inFlight;
        this.depths = depths;
        this.shutdown = shutdown;
        this.evidence = evidence;
        this.clock = clock;
    }

    /** @throws IllegalArgumentException with a sentence for the sender of the command */
    ObjectNode execute(ControlCommand command) {
        return switch (command.type()) {
            case "ping" -> report.ping();
            case "stats" -> report.stats(depths.get());
            case "inspect" ->
                report.inspect(command.payload().path("includeRevoked").asBoolean(true));
            case "revoke" -> revoke(command);
            case "queue_pause", "queue_resume", "queue_status" -> queues(command);
            case "shutdown" -> shutdown(command);
            default ->
                throw new IllegalArgumentException("Unknown control command " + PrintableText.of(command.type()));
        };
    }

    private ObjectNode revoke(ControlCommand command) {
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        ArrayNode tasks = reply.putArray("tasks");
        ArrayNode done = reply.putArray("revoked");
        ArrayNode running = reply.putArray("inflight");
        ArrayNode ignored = reply.putArray("ignored");
        ArrayNode expired = reply.putArray("expired");
        long latest = 0;
        Set<String> active = new HashSet<>();
        inFlight.running().forEach(leased -> {
            if (leased.running() != null) {
                active.add(leased.running().envelope().id());
            }
        });
        for (JsonNode json : command.payload().path("revocations")) {
            Revocation asked =
                    RevocationJson.read(json, settings.namespace(), clock).orElse(null);
            if (asked == null || tasks.size() >= MAX_IDS) {
                ignored.add(json.path("taskId").asString("?"));
                continue;
            }
            tasks.add(asked.taskId());
            if (asked.expired(clock.instant())) {
                expired.add(asked.taskId());
                continue;
            }
            Revocation winner = revoked.add(asked);
            latest = Math.max(latest, winner.version());
            (winner.version() == asked.version() ? done : ignored).add(asked.taskId());
            apply(winner);
            if (active.contains(asked.taskId())) {
                running.add(asked.taskId());
            }
            note(
                    TaskAuditEvents.TASK_REVOKED,
                    asked.taskId(),
                    command,
                    Map.of("terminate", String.valueOf(asked.terminate())));
        }
        return reply.put("latestVersion", latest).put("namespace", settings.namespace());
    }

    /** Asks a task that runs, or is about to, to stop when the revocation says so. */
    void apply(Revocation revocation) {
        if (!revocation.terminate() || revocation.expired(clock.instant())) {
            return;
        }
        for (LeasedDelivery leased : inFlight.all()) {
            if (!leased.claimed()
                    && leased.message() instanceof ReceivedMessage.Delivery delivery
                    && delivery.message().envelope().id().equals(revocation.taskId())) {
                leased.requestStop(LeasedDelivery.StopReason.REVOKED, true);
            }
        }
    }

    private ObjectNode queues(ControlCommand command) {
        List<String> named = new ArrayList<>();
        for (JsonNode queue : command.payload().path("queues")) {
            named.add(queue.asString(""));
        }
        List<String> ours = named.isEmpty()
                ? settings.queues()
                : named.stream().filter(settings.queues()::contains).toList();
        boolean change = !command.type().equals("queue_status");
        if (change) {
            ours.forEach(queue -> pause(queue, command));
        }
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        strings(reply.putArray("queues"), ours);
        strings(reply.putArray("updated"), change ? ours : List.of());
        reply.put("persisted", change);
        strings(reply.putArray("paused"), revoked.pausedQueues());
        return reply.put("namespace", settings.namespace());
    }

    private void pause(String queue, ControlCommand command) {
        Instant now = clock.instant();
        boolean pausing = command.type().equals("queue_pause");
        revoked.add(new Revocation(
                settings.namespace(),
                Revocation.PAUSE + queue,
                RevocationJson.micros(now),
                now,
                false,
                null,
                null,
                pausing ? null : now));
        note(pausing ? TaskAuditEvents.QUEUE_PAUSED : TaskAuditEvents.QUEUE_RESUMED, queue, command, Map.of());
    }

    private ObjectNode shutdown(ControlCommand command) {
        String text = command.payload().path("mode").asString("warm").toLowerCase(Locale.ROOT);
        Worker.Mode mode = switch (text) {
            case "warm" -> Worker.Mode.WARM;
            case "soft" -> Worker.Mode.SOFT;
            case "hard" -> Worker.Mode.HARD;
            default -> throw new IllegalArgumentException("mode must be warm, soft or hard");
        };
        note(TaskAuditEvents.WORKER_SHUTDOWN, settings.id(), command, Map.of("mode", text));
        boolean already = shutdown.apply(mode);
        return JsonNodeFactory.instance
                .objectNode()
                .put("status", already ? "in-progress" : "initiated")
                .put("mode", text)
                .put("active", inFlight.running().size());
    }

    private void note(AuditEventType type, String subject, ControlCommand command, Map<String, String> detail) {
        evidence.record(type, settings.id(), settings.namespace(), subject, "command " + command.requestId(), detail);
    }

    private static void strings(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
