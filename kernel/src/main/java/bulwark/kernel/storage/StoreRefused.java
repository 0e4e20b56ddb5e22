package bulwark.kernel.storage;

/** A file that this program must not touch; a sentence with a remedy. */
public class StoreRefused extends RuntimeException {
    public StoreRefused(String message) {
        super(message);
    }
}
