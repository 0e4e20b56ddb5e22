package bulwark.tasks.execution;

import bulwark.kernel.error.PrintableText;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.events.WorkerEvents;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.TaskStatus;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what happened: log, counters, events, evidence. What a sender can cause without a key has a hundred lines and rows a minute for each reason, and is counted beyond. Thread-safe.
 */
public final class WorkerTelemetry {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerTelemetry.class);

    private final WorkerSettings settings;
    private final TaskMetrics taskMetrics;
    private final WorkerEvents events;
    private final TaskEvidence evidence;
    private final Clock clock;
    private final LongAdder started = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();

    public WorkerTelemetry(
            WorkerSettings settings, TaskMetrics taskMetrics, WorkerEvents events, TaskEvidence evidence, Clock clock) {
        this.settings = settings;
        this.taskMetrics = taskMetrics;
        this.events = events;
        this.evidence = evidence;
        this.clock = clock;
    }

    public TaskMetrics taskMetrics() {
        return taskMetrics;
    }

    /** Runs that this worker started. */
    public long startedRuns() {
        return started.sum();
    }

    /** Runs that succeeded. */
    public long completedRuns() {
        return completed.sum();
    }

    /** Runs that failed. */
    public long failedRuns() {
        return failed.sum();
    }

    TaskMetrics.Counters of(VerifiedTask task) {
        return taskMetrics.of(task.handler().name(), task.delivery().queue());
    }

    void started(VerifiedTask task) {
        started.increment();
        of(task).started().increment();
    }

    void succeeded(VerifiedTask task) {
        completed.increment();
        of(task).succeeded().increment();
        event(WorkerEvent.Type.COMPLETED, task.delivery(), Map.of());
    }

    void failed(VerifiedTask task, String errorType) {
        failed.increment();
        of(task).failed().increment();
        event(WorkerEvent.Type.FAILED, task.delivery(), Map.of("error", errorType));
    }

    void event(WorkerEvent.Type type, ReceivedMessage.Delivery delivery, Map<String, ?> data) {
        Envelope envelope = delivery.message().envelope();
        events.publish(() -> new WorkerEvent(
                type, clock.instant(), settings.id(), envelope.id(), envelope.name(), delivery.queue(), data));
    }

    /** A delivery that this worker turns away. */
    void rejected(ReceivedMessage.Delivery delivery, AdmissionDecision.Reject reject) {
        Envelope envelope = delivery.message().envelope();
        TaskMetrics.Counters counters = taskMetrics.of(reject.task(), delivery.queue());
        counters.failed().increment();
        boolean forged = reject.reason().equals("signature-invalid");
        if (forged) {
            counters.signatureInvalid().increment();
        }
        Map<String, ?> data = reject.verified() ? reject.meta() : Map.of("security", reject.reason());
        event(WorkerEvent.Type.FAILED, delivery, data);
        if (!refused(delivery.queue(), envelope.id(), reject.reason(), reject.meta())) {
            return;
        }
        if (forged) {
            LOG.error(
                    "Task {} signature verification failed: id={} queue={} error={} keyId={}",
                    PrintableText.of(envelope.name()),
                    PrintableText.of(envelope.id()),
                    delivery.queue(),
                    reject.meta().get("error"),
                    reject.meta().getOrDefault("keyId", "none"));
        } else {
            LOG.warn(
                    "Task {} was refused ({}): id={} queue={} error={}",
                    PrintableText.of(envelope.name()),
                    reject.reason(),
                    PrintableText.of(envelope.id()),
                    delivery.queue(),
                    reject.meta().get("error"));
        }
    }

    /** @param known of the run that the death ended */
    void holderDied(ReceivedMessage.Delivery delivery, HolderDeath death, String known) {
        String id = delivery.message().envelope().id();
        taskMetrics.metrics().count("stem_holder_deaths", "queue", delivery.queue());
        Map<String, String> detail = Map.of(
                "queue", delivery.queue(),
                "delivery", String.valueOf(death.delivery()),
                "worker", death.worker(),
                "takenOverAt", DartTimestamps.of(death.at()),
                "known", known);
        boolean own = evidence.recordRefusalLater(
                TaskAuditEvents.TASK_HOLDER_DIED, settings.id(), settings.namespace(), id, "holder-died", detail);
        if (own) {
            LOG.warn(
                    "A task was taken over from a worker that died or fell silent: id={} delivery={} worker={} known={}",
                    PrintableText.of(id),
                    death.delivery(),
                    PrintableText.of(death.worker()),
                    PrintableText.of(known));
        }
    }

    void poison(ReceivedMessage.Delivery delivery, AdmissionDecision.Poison poison) {
        String id = delivery.message().envelope().id();
        String error = String.valueOf(poison.meta().get("error"));
        taskMetrics.of(poison.task(), delivery.queue()).failed().increment();
        event(WorkerEvent.Type.FAILED, delivery, Map.of("error", "Poison"));
        if (refused(delivery.queue(), id, "poison", Map.of("error", error))) {
            LOG.error("Task {} is a dead letter (poison): id={} {}", poison.task(), PrintableText.of(id), error);
        }
    }

    /** Counts the dead letter and leaves evidence of it. @return whether the log shall have a line, which it has as often as the evidence has a row */
    boolean refused(String queue, String id, String reason, Map<String, String> detail) {
        taskMetrics.deadLettered(reason, queue);
        Map<String, String> all = new java.util.HashMap<>(detail);
        all.put("queue", queue);
        try {
            return evidence.recordRefusal(
                    TaskAuditEvents.TASK_DEAD_LETTERED, settings.id(), settings.namespace(), id, reason, all);
        } catch (RuntimeException e) {
            LOG.error("Evidence could not be written.", e);
            return true;
        }
    }

    void cancelled(ReceivedMessage.Delivery delivery, String task, TaskStatus status) {
        TaskStatus.TaskError error = status.error();
        String type = error == null ? "cancelled" : error.type();
        if (type.equals("TaskRevoked")) {
            taskMetrics.of(task, delivery.queue()).revoked().increment();
        }
        LOG.info(
                "Task {} was cancelled ({}): id={}",
                task,
                type,
                delivery.message().envelope().id());
        event(WorkerEvent.Type.REVOKED, delivery, Map.of("reason", type));
    }

    public void lost(VerifiedTask task) {
        of(task).lost().increment();
        LOG.warn(
                "Task {} was taken over by another worker; this run's outcome is dropped: id={} fence={}",
                task.handler().name(),
                task.envelope().id(),
                task.delivery().receipt().token());
        event(WorkerEvent.Type.ERROR, task.delivery(), Map.of("error", "lease lost"));
    }
}
