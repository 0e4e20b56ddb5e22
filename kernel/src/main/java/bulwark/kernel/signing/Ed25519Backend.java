package bulwark.kernel.signing;

/** The curve arithmetic of one provider. Arguments have passed {@link Ed25519Encoding}. Thread-safe. */
sealed interface Ed25519Backend permits JcaBackend, BouncyCastleBackend {
    /** Name and version, for people. */
    String describe();

    /** @param seed 32 bytes, not kept by the caller */
    Ed25519Signer signer(byte[] seed);

    /** @param publicKey a canonical encoding of 32 bytes, not kept by the caller */
    Ed25519Verifier verifier(byte[] publicKey);

    /** @param key at least one byte */
    byte[] hmacSha256(byte[] key, byte[] message);
}
