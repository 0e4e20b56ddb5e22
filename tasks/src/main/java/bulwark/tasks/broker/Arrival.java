package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.util.Map;

/** One entry that a consumer now holds. */
public sealed interface Arrival {
    Receipt receipt();

    /** The queue or broadcast channel it was taken from, which need not be the one that the envelope names. */
    String queue();

    record Delivery(Receipt receipt, String queue, Message message, boolean broadcast) implements Arrival {}

    /**
     * An entry that is no envelope: to be dead-lettered by whoever took it.
     *
     * @param fields as stored, each cut to a sane length
     */
    record Malformed(Receipt receipt, String queue, Map<String, String> fields, String reason) implements Arrival {}
}
