package bulwark.tasks.results;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known of a task. Wire form: JSON {@code {id,state,payload,error,meta,attempt,createdAt,updatedAt}}.
 *
 * @param payload the encoded result, or null
 * @param createdAt kept from the first status when a later one overwrites it
 */
public record TaskStatus(
        String id,
        TaskState state,
        @Nullable JsonNode payload,
        @Nullable TaskError error,
        ObjectNode meta,
        int attempt,
        Instant createdAt,
        Instant updatedAt) {
    /** Meta key of the fencing token of the consumer that wrote the status. */
    public static final String FENCE = "stem.fence";
    /** Meta key, while the task waits in a queue, of the {@link bulwark.tasks.envelope.EnvelopeDigest} of what waits there. */
    public static final String ENVELOPE = "stem.envelope";

    /**
     * @param type name of what was thrown, or a stable code
     * @param meta JSON members
     */
    public record TaskError(
            String type, String message, @Nullable String stack, boolean retryable, ObjectNode meta) {}
}
