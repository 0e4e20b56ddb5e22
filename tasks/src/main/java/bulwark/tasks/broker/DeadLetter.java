package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stored dead letter.
 *
 * @param entry names it in its queue, also when it names no task; letters and digits
 * @param message null when the message was no envelope; then {@code fields} has what was stored
 */
public record DeadLetter(
        String entry,
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
     * @param only the one to replay, or null for all that are messages
     */
    public record Replay(
            int limit,
            @Nullable Instant since,
            Duration delay,
            @Nullable Name only,
            boolean dryRun) {}

    /** Names one dead letter. */
    public sealed interface Name {
        boolean fits(DeadLetter deadLetter);
    }

    /** By its task: the newest that is read, the oldest that is replayed. */
    public record OfTask(String taskId) implements Name {
        @Override
        public boolean fits(DeadLetter deadLetter) {
            return deadLetter.taskId().equals(taskId);
        }
    }

    /** By {@link #entry}. */
    public record Entry(String entry) implements Name {
        @Override
        public boolean fits(DeadLetter deadLetter) {
            return deadLetter.entry().equals(entry);
        }
    }

    /** @param nextOffset where the next page starts, or -1 at the end */
    public record Page(List<DeadLetter> deadLetters, int nextOffset) {}
}
