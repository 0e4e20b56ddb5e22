package bulwark.tasks.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be run, as its author sees it; what a producer names at enqueue goes before. What concerns the sending (unique, priority) takes effect where the producer
 * knows the handler: on its class path or by {@code STEM_HANDLERS}.
 *
 * @param rateLimit {@code N/s|m|h}, or null
 * @param groupRateLimit likewise, shared by all tasks of one group key
 * @param groupRateKey key of the group, or null for the value of the header {@code groupRateKeyHeader}
 * @param groupRateFailOpen what to do when the limiter fails: run (true) or wait (false)
 * @param unique equal calls are one task, until it ends
 * @param uniqueFor how long at most a unique task stays alone, or null
 * @param priority 0..9, 9 first
 * @param visibilityTimeout how long a silent worker keeps the task, or null for the worker's own lease
 */
public record TaskOptions(
        int maxRetries,
        @Nullable Duration softTimeLimit,
        @Nullable Duration hardTimeLimit,
        @Nullable String rateLimit,
        @Nullable String groupRateLimit,
        @Nullable String groupRateKey,
        String groupRateKeyHeader,
        boolean groupRateFailOpen,
        boolean unique,
        @Nullable Duration uniqueFor,
        int priority,
        @Nullable Duration visibilityTimeout,
        @Nullable RetryPolicy retryPolicy) {
    public static final TaskOptions DEFAULT =
            new TaskOptions(0, null, null, null, null, null, "tenant", true, false, null, 0, null, null);

    public TaskOptions withMaxRetries(int retries) {
        return new TaskOptions(
                retries,
                softTimeLimit,
                hardTimeLimit,
                rateLimit,
                groupRateLimit,
                groupRateKey,
                groupRateKeyHeader,
                groupRateFailOpen,
                unique,
                uniqueFor,
                priority,
                visibilityTimeout,
                retryPolicy);
    }
}
