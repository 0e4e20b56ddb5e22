package bulwark.tasks.handler;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON form {@code {backoff, backoffMaxMs?, jitter, defaultDelayMs, maxRetries?, autoRetryFor, dontAutoRetryFor}} in meta {@code stem.retryPolicy}.
 *
 * @param autoRetryFor simple names of exceptions that are retried; empty for all
 * @param dontAutoRetryFor goes before {@code autoRetryFor}
 */
public record RetryPolicy(
        boolean backoff,
        @Nullable Duration backoffMax,
        boolean jitter,
        Duration defaultDelay,
        @Nullable Integer maxRetries,
        List<String> autoRetryFor,
        List<String> dontAutoRetryFor) {
    public RetryPolicy {
        autoRetryFor = List.copyOf(autoRetryFor);
        dontAutoRetryFor = List.copyOf(dontAutoRetryFor);
    }
}
