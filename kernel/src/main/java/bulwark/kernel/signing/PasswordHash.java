package bulwark.kernel.signing;

import bulwark.kernel.keys.SecretBytes;

/** Argon2id PHC strings: t=2, m=19456 KiB, p=1, hash 32, salt 16. About 50 ms of CPU each. Thread-safe; bounds its own parallelism to two. */
public final class PasswordHash {
    private PasswordHash() {}

    public static String argon2id(SecretBytes secret) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** False for a malformed PHC string; parameters are read from the string within bounds. Constant-time comparison. */
    public static boolean matches(SecretBytes secret, String phc) {
        throw new UnsupportedOperationException("skeleton");
    }
}
