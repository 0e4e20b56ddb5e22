package bulwark.facts.identity;

/** A manifest that must not be believed; the message is a sentence. */
public final class ManifestRefused extends RuntimeException {
    public ManifestRefused(String message) {
        super(message, null, false, false);
    }
}
