package bulwark.tasks.worker;

import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.rates.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The group's limit, then the task's. A limiter that fails lets tasks of {@code fail open} run and others wait. Keys: Stem 0.2. Thread-safe. */
final class RateLimits {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration LEAST = Duration.ofMillis(1);

    private final RateLimiter limiter;
    private final Meters meters;

    RateLimits(RateLimiter limiter, Meters meters) {
        this.limiter = limiter;
        this.meters = meters;
    }

    /** @param member of the status meta: {@code rateLimited} or {@code groupRateLimited} */
    record Denied(
            Duration retryAfter, String member, @Nullable String groupKey) {}

    Optional<Denied> check(Admitted task) {
        TaskOptions options = task.options();
        if (options.rateLimit() == null && options.groupRateLimit() == null) {
            return Optional.empty();
        }
        Map<String, String> headers = task.envelope().headers();
        String header = headers.getOrDefault(options.groupRateKeyHeader(), "");
        Optional<Rate> group = Rate.of(options.groupRateLimit());
        String groupKey = options.groupRateKey() != null ? options.groupRateKey() : header;
        if (group.isPresent() && !groupKey.isEmpty()) {
            Duration wait = acquire(task, "group:" + groupKey, group.get(), "group", options.groupRateFailOpen());
            if (!wait.isZero()) {
                return Optional.of(new Denied(wait, "groupRateLimited", groupKey));
            }
        }
        Optional<Rate> own = Rate.of(options.rateLimit());
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
    private Duration acquire(Admitted task, String key, Rate rate, String scope, boolean failOpen) {
        try {
            RateLimiter.Decision decision = limiter.acquire(key, rate.limit(), rate.per());
            Duration wait = decision.retryAfter();
            return decision.allowed() ? Duration.ZERO : wait.compareTo(LEAST) < 0 ? LEAST : wait;
        } catch (RuntimeException e) {
            String name = task.handler().name();
            meters.limiterDegraded(name, task.delivery().queue(), scope, failOpen);
            LOG.warn("The rate limiter failed for {}; the task {}.", name, failOpen ? "runs" : "waits", e);
            return failOpen ? Duration.ZERO : AFTER_FAILURE;
        }
    }
}
