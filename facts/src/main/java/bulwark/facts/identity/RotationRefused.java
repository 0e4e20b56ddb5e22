package bulwark.facts.identity;

/** A rotation that did not happen; the message is what the command prints after {@code error: }. */
public final class RotationRefused extends RuntimeException {
    private final int status;

    RotationRefused(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status of the owner route's answer. */
    public int status() {
        return status;
    }
}
