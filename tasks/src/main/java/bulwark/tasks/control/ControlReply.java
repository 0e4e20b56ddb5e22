package bulwark.tasks.control;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one worker answered. JSON form {@code {requestId,workerId,status,payload,error?}} as the arguments of an envelope.
 *
 * @param ok status {@code ok}, else {@code error}
 * @param error a sentence, or null
 * @param signed one of our keys verified the reply's signature
 */
public record ControlReply(
        String requestId,
        String workerId,
        boolean ok,
        ObjectNode payload,
        @Nullable String error,
        boolean signed) {}
