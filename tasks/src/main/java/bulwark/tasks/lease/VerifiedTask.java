package bulwark.tasks.lease;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.handler.RetryPolicy;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A delivery that passed every check.
 *
 * @param signed a key verified its signature
 * @param startedAt when its run started, or was about to
 */
public record VerifiedTask(ReceivedMessage.Delivery delivery, TaskHandler handler, boolean signed, Instant startedAt) {
    public Envelope envelope() {
        return delivery.message().envelope();
    }

    public int attempt() {
        return delivery.message().attempt();
    }

    /** What the producer asked for goes before what the handler's author did. */
    @Nullable
    public RetryPolicy policy() {
        RetryPolicy asked = RetryPolicy.ofJson(envelope().meta().path("stem.retryPolicy"));
        return asked != null ? asked : options().retryPolicy();
    }

    public int maxRetries() {
        RetryPolicy policy = policy();
        Integer named = policy == null ? null : policy.maxRetries();
        if (named != null) {
            return named;
        }
        int signedOnes = envelope().maxRetries();
        return signedOnes > 0 ? signedOnes : options().maxRetries();
    }

    @Nullable
    public Duration hardLimit() {
        return limit("stem.timeLimitMs", options().hardTimeLimit());
    }

    @Nullable
    public Duration softLimit() {
        return limit("stem.softTimeLimitMs", options().softTimeLimit());
    }

    /** How long a silent worker keeps it; null for the worker's own lease. */
    @Nullable
    public Duration visibilityTimeout() {
        Long asked = envelope().visibilityTimeoutMs();
        return asked != null && asked > 0 ? Duration.ofMillis(asked) : options().visibilityTimeout();
    }

    private @Nullable Duration limit(String member, @Nullable Duration otherwise) {
        JsonNode asked = envelope().meta().path(member);
        return asked.isNumber() && asked.asLong(0) > 0 ? Duration.ofMillis(asked.asLong(0)) : otherwise;
    }

    public TaskOptions options() {
        return handler.options();
    }
}
