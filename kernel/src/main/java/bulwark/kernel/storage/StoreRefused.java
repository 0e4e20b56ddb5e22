package bulwark.kernel.storage;

/** A file that this program must not touch; a sentence with a remedy. */
public final class StoreRefused extends RuntimeException {
    public StoreRefused(String message) {
        super(message);
    }
}
