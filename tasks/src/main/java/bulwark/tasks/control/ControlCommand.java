package bulwark.tasks.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that workers are asked to do. JSON form {@code {requestId,type,targets,payload,timeoutMs,nonce,expiresAt}} as the arguments of an envelope; the last two are this
 * system's own.
 *
 * @param requestId names the queue of the replies
 * @param type {@code ping}, {@code stats}, {@code inspect}, {@code revoke}, {@code queue_pause}, {@code queue_resume}, {@code queue_status} or {@code shutdown}
 * @param targets worker ids, or {@code *} for all
 * @param nonce never used twice; empty from the original system
 * @param expiresAt not obeyed at or after
 */
public record ControlCommand(
        String requestId,
        String type,
        List<String> targets,
        ObjectNode payload,
        Duration timeout,
        String nonce,
        Instant expiresAt) {
    public static final String ALL = "*";

    public ControlCommand {
        targets = List.copyOf(targets);
    }

    public boolean isFor(String worker) {
        return targets.contains(ALL) || targets.contains(worker);
    }
}
