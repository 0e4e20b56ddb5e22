package bulwark.tasks.execution;

import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Counters and histograms by task and queue, kept so that counting costs one look-up. Task names are those of known handlers, so labels are bounded. Thread-safe. */
public final class TaskMetrics {
    static final String UNKNOWN_TASK = "unknown";
    private static final double[] SECONDS = {0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600};

    private final Metrics metrics;
    private final Map<Key, Counters> counters = new ConcurrentHashMap<>();
    private final Function<Key, Counters> maker = this::make;

    private record Key(String task, String queue) {}

    public TaskMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    Counters of(String task, String queue) {
        return counters.computeIfAbsent(new Key(task, queue), maker);
    }

    private Counters make(Key key) {
        String[] labels = {"task", key.task, "queue", key.queue};
        return new Counters(
                metrics.counter("stem_tasks_started", labels),
                metrics.counter("stem_tasks_succeeded", labels),
                metrics.counter("stem_tasks_failed", labels),
                metrics.counter("stem_tasks_retried", labels),
                metrics.counter("stem_tasks_revoked", labels),
                metrics.counter("stem_tasks_lost", labels),
                metrics.counter("stem_tasks_signature_invalid", labels),
                metrics.timer("stem_task_duration", SECONDS, labels));
    }

    /** @param lost runs whose lease another consumer got, and whose outcome was dropped */
    record Counters(
            Counter started,
            Counter succeeded,
            Counter failed,
            Counter retried,
            Counter revoked,
            Counter lost,
            Counter signatureInvalid,
            Timer duration) {}

    void deadLettered(String reason, String queue) {
        metrics.count("stem_tasks_dead_lettered", "reason", reason, "queue", queue);
    }

    void limited(String task, String queue) {
        metrics.count("stem_tasks_limited", "task", task, "queue", queue);
    }

    void limiterDegraded(String task, String queue, String scope, boolean open) {
        metrics.count(
                "stem_rate_limiter_degraded",
                "task",
                task,
                "queue",
                queue,
                "scope",
                scope,
                "mode",
                open ? "failOpen" : "failClosed");
    }

    public Metrics metrics() {
        return metrics;
    }
}
