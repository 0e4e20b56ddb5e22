package bulwark.tasks.execution;

import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.store.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The group's limit, then the task's. A limiter that fails lets tasks of {@code fail open} run and others wait. Keys: Stem 0.2. Thread-safe. */
public final class RateLimits {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration FAILURE_RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration MIN_DELAY = Duration.ofMillis(1);

    private final RateLimiter limiter;
    private final TaskMetrics taskMetrics;

    public RateLimits(RateLimiter limiter, TaskMetrics taskMetrics) {
        this.limiter = limiter;
        this.taskMetrics = taskMetrics;
    }

    /** @param member of the status meta: {@code rateLimited} or {@code groupRateLimited} */
    record Denied(
            Duration retryAfter, String member, @Nullable String groupKey) {}

    Optional<Denied> check(VerifiedTask task) {
        TaskOptions options = task.options();
        if (options.rateLimit() == null && options.groupRateLimit() == null) {
            return Optional.empty();
        }
        Map<String, String> headers = task.envelope().headers();
        String header = headers.getOrDefault(options.groupRateKeyHeader(), "");
        Optional<RateLimit> group = RateLimit.of(options.groupRateLimit());
        String groupKey = options.groupRateKey() != null ? options.groupRateKey() : header;
        if (group.isPresent() && !groupKey.isEmpty()) {
            Duration wait = acquire(task, "group:" + groupKey, group.get(), "group", options.groupRateFailOpen());
            if (!wait.isZero()) {
                return Optional.of(new Denied(wait, "groupRateLimited", groupKey));
            }
        }
        Optional<RateLimit> own = RateLimit.of(options.rateLimit());
        if (own.isPresent()) {
            String tenant = headers.getOrDefault("tenant", "global");
            Duration wait = acquire(task, task.handler().name() + ":" + tenant, own.get(), "task", true);
            if (!wait.isZero()) {
                return Optional.of(new Denied(wait, "rateLimited", null));
            }
        }
        return Optional.empty();
    }

    /** Zero when it may run. */
    private Duration acquire(VerifiedTask task, String key, RateLimit rate, String scope, boolean failOpen) {
        try {
            RateLimiter.Decision decision = limiter.acquire(key, rate.limit(), rate.per());
            Duration wait = decision.retryAfter();
            return decision.allowed() ? Duration.ZERO : wait.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : wait;
        } catch (RuntimeException e) {
            String name = task.handler().name();
            taskMetrics.limiterDegraded(name, task.delivery().queue(), scope, failOpen);
            LOG.warn("The rate limiter failed for {}; the task {}.", name, failOpen ? "runs" : "waits", e);
            return failOpen ? Duration.ZERO : FAILURE_RETRY_DELAY;
        }
    }
}
