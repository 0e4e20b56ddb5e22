package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The end of holding one delivery. Each happens whole, with its status, and only while the receipt is good; a status with a lesser fence than
 * the stored one is not written.
 */
public sealed interface Settlement {
    Receipt receipt();

    /** Written in the same step; null for none. */
    @Nullable
    TaskStatus status();

    /** The entry leaves the queue. */
    record Done(Receipt receipt, @Nullable TaskStatus status) implements Settlement {}

    /**
     * The entry leaves the queue and the message enters it again.
     *
     * @param queue normally the one it came from
     * @param notBefore hidden until then, or null
     */
    record Again(
            Receipt receipt,
            Message message,
            String queue,
            int priority,
            @Nullable Instant notBefore,
            @Nullable TaskStatus status)
            implements Settlement {}

    /**
     * The entry becomes a dead letter of its queue.
     *
     * @param reason stable code, for instance {@code signature-invalid}
     * @param meta JSON members
     * @param statusOnlyIfAbsent for envelopes that nobody vouches for: a real task's status is never overwritten
     */
    record Dead(
            Receipt receipt,
            Letter letter,
            String queue,
            String reason,
            Map<String, ?> meta,
            @Nullable TaskStatus status,
            boolean statusOnlyIfAbsent)
            implements Settlement {}

    /** What is kept of a dead letter. */
    sealed interface Letter {
        record Whole(Message message) implements Letter {}

        /** Fields of an entry that was no envelope. */
        record Fields(Map<String, String> fields) implements Letter {}
    }
}
