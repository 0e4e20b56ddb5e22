package bulwark.gateway.apikey;

/** An order about keys that cannot be carried out. The message is a sentence for the caller. */
public final class ConsumerKeyRefused extends RuntimeException {
    private final Reason reason;

    /** Stable. */
    public enum Reason {
        /** There is no such subscription, or it is another tenant's. */
        UNKNOWN_SUBSCRIPTION,
        /** It has a key already. */
        KNOWN_SUBSCRIPTION,
        /** A value is out of its range. */
        OUT_OF_RANGE
    }

    ConsumerKeyRefused(Reason reason, String sentence) {
        super(sentence, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
