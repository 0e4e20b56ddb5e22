package bulwark.kernel.signing;

/** One parsed public key. Thread-safe. */
public interface Ed25519Verifier {
    /** False for anything that does not verify; never throws for bad input. */
    boolean verify(byte[] message, byte[] signature);
}
