package bulwark.tasks.broker;

/**
 * Proof of holding one delivery. It stops being good when another consumer was given the entry.
 *
 * @param place where the entry lies, in the implementation's terms (a stream key, a queue)
 * @param group who shares the entries, in the implementation's terms
 * @param consumer the holder
 * @param entryId {@code MS-SEQ}
 * @param delivery how often the entry was handed out, this time included
 */
public record Receipt(String place, String group, String consumer, String entryId, long delivery) {
    public FencingToken token() {
        return FencingToken.of(entryId, delivery);
    }
}
