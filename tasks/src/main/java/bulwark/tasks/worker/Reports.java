package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.events.WorkerEvents;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.time.TimeText;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what happened: log, counters, events, evidence. Thread-safe. */
final class Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    private final WorkerSettings settings;
    private final Meters meters;
    private final WorkerEvents events;
    private final TaskEvidence evidence;
    private final Totals totals;
    private final Clock clock;

    Reports(
            WorkerSettings settings,
            Meters meters,
            WorkerEvents events,
            TaskEvidence evidence,
            Totals totals,
            Clock clock) {
        this.totals = totals;
        this.settings = settings;
        this.meters = meters;
        this.events = events;
        this.evidence = evidence;
        this.clock = clock;
    }

    Meters meters() {
        return meters;
    }

    Meters.Of of(Admitted task) {
        return meters.of(task.handler().name(), task.delivery().queue());
    }

    void started(Admitted task) {
        totals.oneStarted();
        of(task).started().increment();
    }

    void succeeded(Admitted task) {
        totals.oneCompleted();
        of(task).succeeded().increment();
        event(WorkerEvent.Type.COMPLETED, task.delivery(), Map.of());
    }

    void failed(Admitted task, String errorType) {
        totals.oneFailed();
        of(task).failed().increment();
        event(WorkerEvent.Type.FAILED, task.delivery(), Map.of("error", errorType));
    }

    void event(WorkerEvent.Type type, Arrival.Delivery delivery, Map<String, ?> data) {
        Envelope envelope = delivery.message().envelope();
        events.tell(() -> new WorkerEvent(
                type, clock.instant(), settings.id(), envelope.id(), envelope.name(), delivery.queue(), data));
    }

    /** A delivery that this worker turns away. */
    void dead(Arrival.Delivery delivery, Decision.Dead dead) {
        Envelope envelope = delivery.message().envelope();
        Meters.Of counters = meters.of(dead.task(), delivery.queue());
        counters.failed().increment();
        if (dead.reason().equals("signature-invalid")) {
            counters.signatureInvalid().increment();
            LOG.error(
                    "Task {} signature verification failed: id={} queue={} error={} keyId={}",
                    Shown.of(envelope.name()),
                    Shown.of(envelope.id()),
                    delivery.queue(),
                    dead.meta().get("error"),
                    dead.meta().getOrDefault("keyId", "none"));
        } else {
            LOG.warn(
                    "Task {} was turned away ({}): id={} queue={} error={}",
                    Shown.of(envelope.name()),
                    dead.reason(),
                    Shown.of(envelope.id()),
                    delivery.queue(),
                    dead.meta().get("error"));
        }
        Map<String, ?> data = dead.vouched() ? dead.meta() : Map.of("security", dead.reason());
        event(WorkerEvent.Type.FAILED, delivery, data);
        refused(delivery.queue(), envelope.id(), dead.reason(), dead.meta());
    }

    /** @param known of the run that the death ended */
    void holderDied(Arrival.Delivery delivery, HolderDeath death, String known) {
        String id = delivery.message().envelope().id();
        LOG.warn(
                "A task was taken over from a worker that died or fell silent: id={} delivery={} worker={} known={}",
                Shown.of(id),
                death.delivery(),
                Shown.of(death.worker()),
                Shown.of(known));
        meters.metrics().count("stem_holder_deaths", "queue", delivery.queue());
        Map<String, String> detail = Map.of(
                "queue", delivery.queue(),
                "delivery", String.valueOf(death.delivery()),
                "worker", death.worker(),
                "takenOverAt", TimeText.of(death.at()),
                "known", known);
        evidence.noted("task_holder_died", settings.id(), settings.namespace(), id, "holder-died", detail);
    }

    void poison(Arrival.Delivery delivery, Decision.Poison poison) {
        String id = delivery.message().envelope().id();
        String error = String.valueOf(poison.meta().get("error"));
        meters.of(poison.task(), delivery.queue()).failed().increment();
        LOG.error("Task {} is a dead letter (poison): id={} {}", poison.task(), Shown.of(id), error);
        event(WorkerEvent.Type.FAILED, delivery, Map.of("error", "Poison"));
        refused(delivery.queue(), id, "poison", Map.of("error", error));
    }

    /** Counts the dead letter and leaves evidence of it. */
    void refused(String queue, String id, String reason, Map<String, String> detail) {
        meters.deadLettered(reason, queue);
        Map<String, String> all = new java.util.HashMap<>(detail);
        all.put("queue", queue);
        try {
            evidence.refused("task_dead_lettered", settings.id(), settings.namespace(), id, reason, all);
        } catch (RuntimeException e) {
            LOG.error("Evidence could not be written.", e);
        }
    }

    void cancelled(Arrival.Delivery delivery, String task, TaskStatus status) {
        TaskStatus.TaskError error = status.error();
        String type = error == null ? "cancelled" : error.type();
        if (type.equals("TaskRevoked")) {
            meters.of(task, delivery.queue()).revoked().increment();
        }
        LOG.info(
                "Task {} was cancelled ({}): id={}",
                task,
                type,
                delivery.message().envelope().id());
        event(WorkerEvent.Type.REVOKED, delivery, Map.of("reason", type));
    }

    void lost(Admitted task) {
        of(task).lost().increment();
        LOG.warn(
                "Task {} was taken over by another worker; this run's outcome is dropped: id={} fence={}",
                task.handler().name(),
                task.envelope().id(),
                task.delivery().receipt().token());
        event(WorkerEvent.Type.ERROR, task.delivery(), Map.of("error", "lease lost"));
    }
}
