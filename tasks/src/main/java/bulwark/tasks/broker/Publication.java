package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message and where it goes; the placement decides, whatever the envelope says.
 *
 * @param priority 0..9; other values are clamped
 * @param notBefore hidden until then; null or past: at once
 * @param recordQueued also writes the status {@code queued} if the task has none
 */
public record Publication(
        Message message,
        String queue,
        int priority,
        @Nullable Instant notBefore,
        boolean recordQueued) {
    /** To the queue, at the priority and time that the envelope itself names. */
    public static Publication asSigned(Message message) {
        var envelope = message.envelope();
        return new Publication(message, envelope.queue(), envelope.priority(), envelope.notBefore(), true);
    }
}
