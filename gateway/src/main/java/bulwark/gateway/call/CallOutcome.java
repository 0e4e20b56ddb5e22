package bulwark.gateway.call;

import bulwark.gateway.refusal.GatewayRefusal;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended.
 *
 * @param status that the caller got; 0 when it was gone before the answer began
 * @param refusal why the gateway answered itself, or null when the backend did
 * @param upstream that answered, or null
 * @param complete whether the whole answer was handed to the caller's connection
 * @param requestBytes of the body, as far as forwarded
 * @param responseBytes of the body, as far as forwarded
 * @param durationNanos from the head of the request to the end of the answer
 */
public record CallOutcome(
        int status,
        @Nullable GatewayRefusal refusal,
        @Nullable String upstream,
        boolean complete,
        long requestBytes,
        long responseBytes,
        long durationNanos) {}
