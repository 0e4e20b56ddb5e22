package bulwark.kernel.keys;

/** A key or key file that must not be used; the message is a sentence with a remedy and holds no secret. */
public final class KeyRefused extends RuntimeException {
    public KeyRefused(String message) {
        super(message);
    }
}
