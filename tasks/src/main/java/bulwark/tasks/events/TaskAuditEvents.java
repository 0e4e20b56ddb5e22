package bulwark.tasks.events;

import static bulwark.kernel.evidence.audit.AuditEventType.of;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import java.util.List;

/** Every audit event of workers and beats. */
public final class TaskAuditEvents {
    public static final AuditEventType TASK_DEAD_LETTERED = of(
            "task_dead_lettered",
            "a task became a dead letter: its signature, its form or its end did not permit to go on",
            "reason",
            "queue",
            "error",
            "keyId");
    public static final AuditEventType TASK_HOLDER_DIED = of(
            "task_holder_died",
            "a task was taken over from a worker that died or fell silent",
            "reason",
            "queue",
            "delivery",
            "worker",
            "takenOverAt",
            "known");
    public static final AuditEventType TASK_REVOKED =
            of("task_revoked", "a control command revoked a task", "reason", "terminate");
    public static final AuditEventType QUEUE_PAUSED = of("queue_paused", "a control command paused a queue", "reason");
    public static final AuditEventType QUEUE_RESUMED =
            of("queue_resumed", "a control command let a queue go on", "reason");
    public static final AuditEventType WORKER_SHUTDOWN =
            of("worker_shutdown", "a control command ended a worker", "reason", "mode");
    public static final AuditEventType CONTROL_REFUSED =
            of("control_refused", "a control command was refused", "reason");
    public static final AuditEventType LOG_KEY_ROTATED = AuditEventType.ofAction(
            "admin_action",
            "log_key_rotated",
            "the key that signs the heads of this evidence was replaced",
            "old_key_id",
            "new_key_id");
    public static final AuditEventType LOG_KEY_DISTRUSTED = AuditEventType.ofAction(
            "admin_action",
            "log_key_distrusted",
            "the operator ended all trust in a former key of this evidence",
            "key_id",
            "reason");

    public static final List<AuditEventType> ALL = List.of(
            TASK_DEAD_LETTERED,
            TASK_HOLDER_DIED,
            TASK_REVOKED,
            QUEUE_PAUSED,
            QUEUE_RESUMED,
            WORKER_SHUTDOWN,
            CONTROL_REFUSED,
            AuditedStore.LOSS_ACCEPTED,
            LOG_KEY_ROTATED,
            LOG_KEY_DISTRUSTED);

    private TaskAuditEvents() {}
}
