package bulwark.kernel.keys;

/** Values that were ever published (example secrets of the documents, development keys), known by SHA-256 digest only. */
public final class PublishedSecrets {
    private PublishedSecrets() {}

    public static boolean contains(SecretBytes secret) {
        throw new UnsupportedOperationException("skeleton");
    }
}
