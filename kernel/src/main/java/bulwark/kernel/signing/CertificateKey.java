package bulwark.kernel.signing;

/** Kinds of keys that a certificate authority makes, for itself and for what it issues. */
public enum CertificateKey {
    /** Between our own processes. */
    ED25519("Ed25519", "Ed25519"),
    /** Where browsers and other strangers connect: they refuse Ed25519 in server certificates. */
    P256("EC", "SHA256withECDSA");

    private final String keyAlgorithm;
    private final String signatureAlgorithm;

    CertificateKey(String keyAlgorithm, String signatureAlgorithm) {
        this.keyAlgorithm = keyAlgorithm;
        this.signatureAlgorithm = signatureAlgorithm;
    }

    /** As JCA's key factories and generators name it. */
    String keyAlgorithm() {
        return keyAlgorithm;
    }

    String signatureAlgorithm() {
        return signatureAlgorithm;
    }

    /** @param algorithm as a key names it */
    static CertificateKey of(String algorithm) {
        return algorithm.equals("EC") ? P256 : ED25519;
    }
}
