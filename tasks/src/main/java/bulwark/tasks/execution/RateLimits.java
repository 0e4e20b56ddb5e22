package bulwark.tasks.execution;

import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.store.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of a task: its group's, then its own; a start is taken out of both or of none. When a limiter fails, tasks of {@code fail open} run and others wait. Keys: Stem 0.2.
 * Thread-safe.
 */
public final class RateLimits {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    static final Duration FAILURE_RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration MIN_DELAY = Duration.ofMillis(1);

    private final RateLimiter limiter;
    private final TaskMetrics taskMetrics;

    public RateLimits(RateLimiter limiter, TaskMetrics taskMetrics) {
        this.limiter = limiter;
        this.taskMetrics = taskMetrics;
    }

    /** Empty for a task that may always start. */
    List<StartLimit> of(VerifiedTask task) {
        TaskOptions options = task.options();
        if (options.rateLimit() == null && options.groupRateLimit() == null) {
            return List.of();
        }
        List<StartLimit> limits = new ArrayList<>(2);
        Map<String, String> headers = task.envelope().headers();
        String header = headers.getOrDefault(options.groupRateKeyHeader(), "");
        String groupKey = options.groupRateKey() != null ? options.groupRateKey() : header;
        if (!groupKey.isEmpty()) {
            RateLimit.of(options.groupRateLimit())
                    .ifPresent(group -> limits.add(new StartLimit("group:" + groupKey, group.limit(), group.per())));
        }
        String tenant = headers.getOrDefault("tenant", "global");
        RateLimit.of(options.rateLimit())
                .ifPresent(own ->
                        limits.add(new StartLimit(task.handler().name() + ":" + tenant, own.limit(), own.per())));
        return limits;
    }

    /** Of a copy of a broadcast, which waits by itself. Empty when it may start, else when to ask again. */
    Optional<Duration> delay(VerifiedTask task, List<StartLimit> limits) {
        try {
            RateLimiter.Decision decision = limiter.acquireAll(limits);
            Duration wait = decision.retryAfter();
            return decision.allowed()
                    ? Optional.empty()
                    : Optional.of(wait.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : wait);
        } catch (RuntimeException e) {
            return failsOpen(task, e) ? Optional.empty() : Optional.of(FAILURE_RETRY_DELAY);
        }
    }

    /** Whether the task runs although its limits could not be asked. */
    boolean failsOpen(VerifiedTask task, RuntimeException failure) {
        boolean group = task.options().groupRateLimit() != null;
        boolean open = !group || task.options().groupRateFailOpen();
        String name = task.handler().name();
        taskMetrics.limiterDegraded(name, task.delivery().queue(), group ? "group" : "task", open);
        LOG.warn("The rate limiter failed for {}; the task {}.", name, open ? "runs" : "waits", failure);
        return open;
    }
}
