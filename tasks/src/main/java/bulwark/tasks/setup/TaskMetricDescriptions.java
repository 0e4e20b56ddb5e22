package bulwark.tasks.setup;

import static bulwark.kernel.metrics.MetricDescription.counter;
import static bulwark.kernel.metrics.MetricDescription.gauge;
import static bulwark.kernel.metrics.MetricDescription.timer;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.rotation.RotationMetrics;
import bulwark.web.Service;
import java.util.ArrayList;
import java.util.List;

/** Every metric of workers, beats and clients. */
public final class TaskMetricDescriptions {
    private static final List<MetricDescription> WORKER = List.of(
            counter("stem_tasks_started", "runs that began", "task", "queue"),
            counter("stem_tasks_succeeded", "runs that ended well", "task", "queue"),
            counter("stem_tasks_failed", "tasks that failed for good", "task", "queue"),
            counter("stem_tasks_retried", "runs that failed and will be tried again", "task", "queue"),
            counter(
                    "stem_tasks_limited",
                    "tasks that were laid aside until their limits let them start",
                    "task",
                    "queue"),
            counter("stem_tasks_revoked", "tasks that ended because they were revoked", "task", "queue"),
            counter(
                    "stem_tasks_lost",
                    "runs whose outcome was dropped, since another holder had the lease",
                    "task",
                    "queue"),
            counter("stem_tasks_signature_invalid", "tasks whose signature did not verify", "task", "queue"),
            timer("stem_task_duration", "time that a run took", "task", "queue"),
            counter("stem_tasks_dead_lettered", "tasks that became dead letters", "reason", "queue"),
            counter(
                    "stem_rate_limiter_degraded",
                    "runs decided without the rate limiter's store",
                    "task",
                    "queue",
                    "scope",
                    "mode"),
            counter("stem_lease_renewed", "leases that were renewed"),
            counter("stem_holder_deaths", "tasks that were taken over from a worker that died or fell silent", "queue"),
            counter("stem_control_refused", "control commands that were refused", "reason"),
            gauge("stem_worker_inflight", "tasks that the worker holds", "worker", "namespace"),
            gauge("stem_worker_concurrency", "tasks that the worker may run at once", "worker", "namespace"),
            gauge(
                    "stem_worker_overrunning",
                    "runs that are over their hard time limit and do not end",
                    "worker",
                    "namespace"),
            gauge("stem_queue_depth", "tasks that wait in a queue", "queue"),
            counter("stem_tasks_deduplicated", "tasks that were not sent because a unique one was under way", "task"));

    private static final List<MetricDescription> BEAT = List.of(
            gauge("stem_scheduler_due_entries", "schedules that are due"),
            gauge("stem_scheduler_overdue_entries", "schedules that are overdue"),
            counter("stem_scheduler_dispatch_attempts", "tasks that a beat set out to send", "schedule"),
            counter("stem_scheduler_dispatch_success", "tasks that a beat sent", "schedule"),
            counter("stem_scheduler_dispatch_failed", "tasks that a beat could not send", "schedule"),
            timer("stem_scheduler_dispatch_duration", "time to send a task", "schedule"),
            timer("stem_scheduler_drift", "how late a task was sent, by schedule", "schedule"),
            timer("stem_scheduler_overdue_lag", "how late a task was sent, over all schedules"),
            counter("stem_scheduler_lock_acquired", "fires that this beat moved on"),
            counter("stem_scheduler_lock_contended", "fires that another beat had sent or moved on"),
            counter("stem_scheduler_missed", "fires that were skipped because they were too late", "schedule"),
            counter("stem_scheduler_store_failed", "ticks in which the schedules could not be read or written"));

    private TaskMetricDescriptions() {}

    public static List<MetricDescription> all() {
        List<MetricDescription> all = new ArrayList<>(WORKER);
        all.addAll(BEAT);
        all.add(SigningKeyGauge.DESCRIPTION);
        all.addAll(RotationMetrics.DESCRIPTIONS);
        all.addAll(Service.metrics("stem"));
        return List.copyOf(all);
    }
}
