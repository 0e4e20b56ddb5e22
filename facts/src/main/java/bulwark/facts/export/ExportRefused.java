package bulwark.facts.export;

/** An export that could not be made, or a file that is none; the message is a sentence. */
public final class ExportRefused extends RuntimeException {
    public ExportRefused(String message) {
        super(message, null, false, false);
    }
}
