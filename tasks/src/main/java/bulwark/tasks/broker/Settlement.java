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

    /** The message leaves the queue. */
    record Ack(Receipt receipt, @Nullable TaskStatus status) implements Settlement {}

    /**
     * The message leaves the queue and the message enters it again.
     *
     * @param queue normally the one it came from
     * @param notBefore hidden until then, or null
     */
    record Requeue(
            Receipt receipt,
            Message message,
            String queue,
            int priority,
            @Nullable Instant notBefore,
            @Nullable TaskStatus status)
            implements Settlement {}

    /**
     * The message becomes a dead letter of its queue.
     *
     * @param reason stable code, for instance {@code signature-invalid}
     * @param meta JSON members
     * @param unvouched null when a signature vouches for the message; else its {@link bulwark.tasks.envelope.EnvelopeDigest}, and the status is written as by
     *     {@link bulwark.tasks.results.ResultBackend#putUnvouched}
     */
    record Reject(
            Receipt receipt,
            Content content,
            String queue,
            String reason,
            Map<String, ?> meta,
            @Nullable TaskStatus status,
            @Nullable String unvouched)
            implements Settlement {}

    /** What is kept of a dead letter. */
    sealed interface Content {
        record WholeMessage(Message message) implements Content {}

        /** Fields of a message that was no envelope. */
        record RawFields(Map<String, String> fields) implements Content {}
    }
}
