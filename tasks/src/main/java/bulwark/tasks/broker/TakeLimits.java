package bulwark.tasks.broker;

/**
 * What one taking may bring.
 *
 * @param maxEntries with 0 the consumer only joins its channels
 * @param suspects whether one message may come whose holders died {@value #SUSPECT_AFTER} times or more. Who takes one at a time lets such a message take nothing but itself down
 * @param unread whether heavy messages come as {@link ReceivedMessage.Unread}, to be read when there is memory for them
 */
public record TakeLimits(int maxEntries, boolean suspects, boolean unread) {
    /** Deaths from which on a message is under suspicion. */
    public static final int SUSPECT_AFTER = 2;

    public static TakeLimits of(int maxEntries) {
        return new TakeLimits(maxEntries, true, false);
    }

    /** @param deliveries so far */
    public static boolean suspect(long deliveries) {
        return deliveries >= SUSPECT_AFTER;
    }
}
