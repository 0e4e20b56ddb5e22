package bulwark.tasks.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task to be sent. Start from {@link #named} and change what differs from the defaults.
 *
 * @param id null for a new one
 * @param queue null for what the routing says
 * @param priority null for the task's own
 * @param notBefore null for at once
 * @param expires not started at or after it; null for never
 * @param maxRetries null for the task's own
 * @param uniqueFor makes the task unique for so long, or null
 * @param uniqueKey what it is unique by; null for its name, queue and arguments
 */
public record TaskCall(
        String name,
        ObjectNode args,
        @Nullable String id,
        @Nullable String queue,
        @Nullable Integer priority,
        @Nullable Instant notBefore,
        @Nullable Instant expires,
        @Nullable Integer maxRetries,
        @Nullable Duration hardTimeLimit,
        @Nullable Duration softTimeLimit,
        @Nullable Duration visibilityTimeout,
        @Nullable Duration uniqueFor,
        @Nullable String uniqueKey,
        Map<String, String> headers,
        ObjectNode meta) {
    public TaskCall {
        headers = Map.copyOf(headers);
    }

    /** With the defaults everywhere: at once, to where the routing says, without retries. */
    public static TaskCall named(String name, ObjectNode args) {
        return new TaskCall(
                name,
                args,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                JsonNodeFactory.instance.objectNode());
    }

    /** True when only one such task may wait or run at a time. */
    public boolean unique() {
        return uniqueFor != null || uniqueKey != null;
    }

    /** The id must be new, or that of a call whose outcome is unknown. */
    public TaskCall withId(String changed) {
        return new TaskCall(
                name,
                args,
                changed,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** The queue, unless a routing rule says otherwise. */
    public TaskCall withQueue(String changed) {
        return new TaskCall(
                name,
                args,
                id,
                changed,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** 0..9, 9 first. */
    public TaskCall withPriority(int changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                changed,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** Not started before. */
    public TaskCall withNotBefore(Instant changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                changed,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** Not started at or after. */
    public TaskCall withExpires(Instant changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                changed,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** Runs allowed beyond the first, ≥ 0. */
    public TaskCall withMaxRetries(int changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                changed,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** The run is interrupted after so long, and counts as failed. */
    public TaskCall withHardTimeLimit(Duration changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                changed,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** The run is asked to stop after so long. */
    public TaskCall withSoftTimeLimit(Duration changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                changed,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** How long a silent worker keeps the task before another takes it. */
    public TaskCall withVisibilityTimeout(Duration changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                changed,
                uniqueFor,
                uniqueKey,
                headers,
                meta);
    }

    /** Makes the task unique for so long, or until it ends. */
    public TaskCall withUniqueFor(Duration changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                changed,
                uniqueKey,
                headers,
                meta);
    }

    /** Makes the task unique by this text. */
    public TaskCall withUniqueKey(String changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                changed,
                headers,
                meta);
    }

    /** All headers, replacing the former. */
    public TaskCall withHeaders(Map<String, String> changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                changed,
                meta);
    }

    /** All meta, replacing the former; copied when the task is sent. */
    public TaskCall withMeta(ObjectNode changed) {
        return new TaskCall(
                name,
                args,
                id,
                queue,
                priority,
                notBefore,
                expires,
                maxRetries,
                hardTimeLimit,
                softTimeLimit,
                visibilityTimeout,
                uniqueFor,
                uniqueKey,
                headers,
                changed);
    }
}
