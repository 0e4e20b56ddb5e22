package bulwark.tasks.events;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a worker of this process.
 *
 * @param taskId null for what concerns the worker as a whole
 */
public record WorkerEvent(
        Type type,
        Instant at,
        String worker,
        @Nullable String taskId,
        @Nullable String task,
        @Nullable String queue,
        Map<String, ?> data) {
    /** On the wire in lower case. Source of the names: Stem 0.2. */
    public enum Type {
        HEARTBEAT,
        PROGRESS,
        TIMEOUT,
        COMPLETED,
        RETRIED,
        FAILED,
        REVOKED,
        ERROR
    }
}
