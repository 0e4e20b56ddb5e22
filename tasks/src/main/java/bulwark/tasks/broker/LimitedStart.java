package bulwark.tasks.broker;

import bulwark.kernel.signing.Digests;
import bulwark.tasks.envelope.Message;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A verified delivery, not of a broadcast, that may start only when every one of its limits allows it.
 *
 * @param limits one or more
 */
public record LimitedStart(Receipt receipt, Message message, String queue, List<StartLimit> limits) {
    public LimitedStart {
        limits = List.copyOf(limits);
    }

    /** Of the limits' keys: what waits for the same limits has the same. 64 hexadecimal digits. */
    public String backlog() {
        return Digests.sha256Hex(limits.stream().map(StartLimit::key).collect(Collectors.joining("\n")));
    }

    public enum LimitDecision {
        /** Every limit gave one start: run it. */
        START,
        /** The message left the queue for the backlog of its limits, and comes when it may start: drop it. */
        LAID_ASIDE,
        /** The receipt is no longer good: drop it. */
        LEASE_LOST
    }
}
