package bulwark.kernel.signing;

/** One parsed private key. Thread-safe. */
public interface Ed25519Signer {
    /** 64 bytes. */
    byte[] sign(byte[] message);

    /** Raw 32 bytes. */
    byte[] publicKey();

    /** First 16 hex digits of SHA-256 of the raw public key. */
    default String keyId() {
        return Digests.sha256Hex(publicKey()).substring(0, 16);
    }
}
