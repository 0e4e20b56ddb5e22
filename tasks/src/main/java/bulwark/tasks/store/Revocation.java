package bulwark.tasks.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task that must not run, or {@code __stem.queue.pause__:QUEUE} for a paused queue.
 *
 * @param version microseconds since 1970, growing; a lower one never replaces a higher one
 * @param terminate also asks a running task to stop
 */
public record Revocation(
        String namespace,
        String taskId,
        long version,
        Instant issuedAt,
        boolean terminate,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Instant expiresAt) {
    public static final String PAUSE = "__stem.queue.pause__:";

    public boolean expired(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }
}
