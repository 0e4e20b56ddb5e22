package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stored dead letter.
 *
 * @param message null when the message was no envelope; then {@code fields} has what was stored
 */
public record DeadLetter(
        String queue,
        @Nullable Message message,
        Map<String, String> fields,
        String reason,
        ObjectNode meta,
        Instant deadAt) {
    /** Of its message, or as its fields claim; empty when that cannot be read. */
    public String taskId() {
        return message == null
                ? ReceivedMessage.Malformed.claimedTaskId(fields)
                : message.envelope().id();
    }

    /**
     * @param limit most that are taken
     * @param since only messages dead-lettered then or later, or null for all
     * @param delay delay before redelivery; zero for none
     * @param taskId only this task, or null for all
     */
    public record Replay(
            int limit,
            @Nullable Instant since,
            java.time.Duration delay,
            @Nullable String taskId,
            boolean dryRun) {}

    /** @param nextOffset where the next page starts, or -1 at the end */
    public record Page(java.util.List<DeadLetter> deadLetters, int nextOffset) {}
}
