package bulwark.tasks.broker;

import java.util.Comparator;

/**
 * Orders the holders of one task: a later entry or a later delivery of the same entry is greater. Text form {@code MS-SEQ:N}, for instance
 * {@code 1767323045678-0:1}; a resource that remembers the greatest token it saw can refuse a stale consumer.
 *
 * @param time first half of the entry id
 * @param sequence second half of the entry id
 * @param delivery how often the message was handed out, from 1
 */
public record FencingToken(long time, long sequence, long delivery) implements Comparable<FencingToken> {
    private static final Comparator<FencingToken> ORDER = Comparator.comparingLong(FencingToken::time)
            .thenComparingLong(FencingToken::sequence)
            .thenComparingLong(FencingToken::delivery);

    public static FencingToken of(String entryId, long delivery) {
        int dash = entryId.indexOf('-');
        return new FencingToken(
                Long.parseLong(entryId.substring(0, dash)), Long.parseLong(entryId.substring(dash + 1)), delivery);
    }

    /** @throws IllegalArgumentException when the text is no token */
    public static FencingToken parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a fencing token reads MS-SEQ:N");
        }
        return of(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
    }

    public String entryId() {
        return time + "-" + sequence;
    }

    @Override
    public int compareTo(FencingToken other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return entryId() + ":" + delivery;
    }
}
