package bulwark.kernel.process;

/** A file that others than its owner can touch, or that is not what it should be; the message is a sentence with a remedy. */
public final class FileRefused extends RuntimeException {
    public FileRefused(String message) {
        super(message);
    }
}
