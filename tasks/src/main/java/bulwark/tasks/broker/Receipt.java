package bulwark.tasks.broker;

/**
 * Proof of holding one delivery. It stops being good when another consumer was given the message.
 *
 * @param stream where the message lies, in the implementation's terms (a stream key, a queue)
 * @param group who shares the messages, in the implementation's terms
 * @param consumer id of the consumer
 * @param entryId {@code MS-SEQ}
 * @param delivery how often the message was handed out, this time included
 */
public record Receipt(String stream, String group, String consumer, String entryId, long delivery) {
    public FencingToken token() {
        return FencingToken.of(entryId, delivery);
    }
}
