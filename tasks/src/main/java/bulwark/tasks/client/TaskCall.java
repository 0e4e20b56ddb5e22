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
}
