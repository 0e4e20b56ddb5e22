package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * Ed25519 and HMAC on one chosen provider; the verdicts are the same under each: accept exactly what the plain JDK accepts
 * (canonical encodings, cofactorless). Holds no opinion on keys: published ones work, for test vectors. Thread-safe.
 */
public final class Signing {
    /** System property that forces a provider by name. */
    public static final String PROVIDER_PROPERTY = "bulwark.signing.provider";

    /** Fastest first. */
    public enum Provider {
        CORRETTO,
        BOUNCY_CASTLE,
        JDK
    }

    private static final Ed25519Verifier NOTHING = (message, signature) -> false;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Provider provider;
    private final Ed25519Backend engine;
    private final String passedOver;

    private Signing(Provider provider, String passedOver) {
        this.provider = provider;
        this.passedOver = passedOver;
        this.engine = switch (provider) {
            case CORRETTO -> Corretto.engine();
            case BOUNCY_CASTLE -> new BouncyCastleBackend(JcaBackend.jdk());
            case JDK -> JcaBackend.jdk();
        };
        KnownAnswerTest.run(engine);
    }

    /**
     * The fastest provider that loads and passes the self-test. The system property {@value #PROVIDER_PROPERTY} forces one by name.
     *
     * @throws IllegalStateException when none passes, or the forced one does not exist or pass
     */
    public static Signing fastest() {
        String forced = System.getProperty(PROVIDER_PROPERTY);
        if (forced != null) {
            return of(named(forced));
        }
        StringBuilder passedOver = new StringBuilder();
        for (Provider provider : Provider.values()) {
            try {
                return new Signing(provider, passedOver.toString());
            } catch (IllegalStateException e) {
                passedOver
                        .append("; ")
                        .append(provider)
                        .append(" is not used: ")
                        .append(e.getMessage());
            }
        }
        throw new IllegalStateException("no cryptographic provider is usable" + passedOver);
    }

    /** @throws IllegalStateException when its library does not load or the self-test fails */
    public static Signing of(Provider provider) {
        try {
            return new Signing(provider, "");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(provider + " is not usable: " + e.getMessage(), e);
        }
    }

    /**
     * Puts the native provider where TLS handshakes use it (three times as many for each CPU second as the plain JDK). Call once at
     * process start, before any TLS. Does nothing when another provider is forced.
     *
     * @return a sentence for the start-up log
     */
    public static String installForTls() {
        String forced = System.getProperty(PROVIDER_PROPERTY);
        if (forced != null && named(forced) != Provider.CORRETTO) {
            return "TLS uses the JDK's cryptography, because " + PROVIDER_PROPERTY + " is set";
        }
        try {
            Corretto.install();
            return "TLS uses Amazon Corretto's cryptography";
        } catch (IllegalStateException e) {
            return "TLS uses the JDK's cryptography; Amazon Corretto is not used: " + e.getMessage();
        }
    }

    public Provider provider() {
        return provider;
    }

    /** A sentence for the start-up log: provider, version, that the self-test passed, and why faster ones were passed over. */
    public String describe() {
        return "Ed25519 by " + engine.describe() + ", self-test passed" + passedOver;
    }

    /**
     * @param seed 32 bytes
     * @throws IllegalArgumentException for another length
     */
    public Ed25519Signer signer(SecretBytes seed) {
        if (seed.length() != Ed25519Encoding.KEY_LENGTH) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length());
        }
        byte[] bytes = seed.expose(SecretAccess.grant());
        try {
            return engine.signer(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Holds the parsed key for repeated use. A key that does not decode verifies nothing. @param publicKey raw bytes */
    public Ed25519Verifier verifier(byte[] publicKey) {
        if (!Ed25519Encoding.isCanonicalKey(publicKey)) {
            return NOTHING;
        }
        Ed25519Verifier arithmetic = engine.verifier(publicKey);
        return (message, signature) ->
                Ed25519Encoding.isCanonicalSignature(signature) && arithmetic.verify(message, signature);
    }

    /** False on malformed input of any kind; never throws for it. */
    public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        return verifier(publicKey).verify(message, signature);
    }

    public byte[] hmacSha256(SecretBytes key, byte[] message) {
        byte[] bytes = key.expose(SecretAccess.grant());
        // RFC 2104 pads keys with zeros, so an empty key equals one zero byte, which JCA accepts.
        return engine.hmacSha256(bytes.length == 0 ? new byte[1] : bytes, message);
    }

    /** 32 fresh bytes for a seed or an API key. */
    public SecretBytes random32() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return SecretBytes.of(bytes);
    }

    private static Provider named(String name) {
        try {
            return Provider.valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    PROVIDER_PROPERTY + " names no provider; known are " + Arrays.toString(Provider.values()), e);
        }
    }
}
