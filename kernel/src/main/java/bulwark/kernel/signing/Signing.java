package bulwark.kernel.signing;

import bulwark.kernel.keys.SecretBytes;

/**
 * Ed25519 and HMAC on one chosen provider; the verdicts are the same under each: accept exactly what the plain JDK accepts
 * (canonical encodings, cofactorless). Thread-safe.
 */
public final class Signing {
    /** Fastest first. */
    public enum Provider {
        CORRETTO,
        BOUNCY_CASTLE,
        JDK
    }

    private Signing() {}

    /** The fastest provider that loads and passes the self-test. The system property {@code bulwark.signing.provider} forces one by name. */
    public static Signing fastest() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @throws IllegalStateException when its library does not load or the self-test fails */
    public static Signing of(Provider provider) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Provider provider() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** A sentence for the start-up log: provider, version, and that the self-test passed. */
    public String describe() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @param seed 32 bytes */
    public Ed25519Signer signer(SecretBytes seed) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Holds the parsed key for repeated use. A key that does not decode verifies nothing. @param publicKey raw bytes */
    public Ed25519Verifier verifier(byte[] publicKey) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** False on malformed input of any kind; never throws for it. */
    public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        return verifier(publicKey).verify(message, signature);
    }

    public byte[] hmacSha256(SecretBytes key, byte[] message) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** 32 fresh bytes for a seed or an API key. */
    public SecretBytes random32() {
        throw new UnsupportedOperationException("skeleton");
    }
}
