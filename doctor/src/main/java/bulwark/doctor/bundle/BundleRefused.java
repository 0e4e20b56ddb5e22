package bulwark.doctor.bundle;

/** A bundle is not what its policy asks for; the message is a sentence. */
public final class BundleRefused extends Exception {
    public BundleRefused(String message) {
        super(message);
    }
}
