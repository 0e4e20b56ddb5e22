package bulwark.tasks.store;

/** Entry ids as one number: milliseconds since 1970 in the upper bits, a sequence in the lower twenty. */
public final class EntryId {
    private static final int BITS = 20;
    private static final long SEQUENCE = (1L << BITS) - 1;

    private EntryId() {}

    public static String text(long id) {
        return (id >>> BITS) + "-" + (id & SEQUENCE);
    }

    /** @throws IllegalArgumentException when the text is no id of this form */
    public static long of(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("an entry id reads MS-SEQ");
        }
        long sequence = Long.parseLong(text.substring(dash + 1));
        if (sequence < 0 || sequence > SEQUENCE) {
            throw new IllegalArgumentException("an entry id of this store has a sequence below " + (SEQUENCE + 1));
        }
        return Long.parseLong(text.substring(0, dash)) << BITS | sequence;
    }

    /** The least id of that time. */
    public static long at(long millis) {
        return millis << BITS;
    }
}
