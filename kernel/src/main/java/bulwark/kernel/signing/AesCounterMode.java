package bulwark.kernel.signing;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-128 in counter mode (NIST SP 800-38A), for formats of others: it authenticates nothing. Secrets of our own are sealed by {@link SecretSeal}. Thread-safe. */
public final class AesCounterMode {
    private static final int BYTES = 16;

    private AesCounterMode() {}

    /** Encrypts, and decrypts what it encrypted. @param key 16 bytes @param counter the first one, 16 bytes, never the same twice for a key */
    public static byte[] apply(byte[] key, byte[] counter, byte[] text) {
        if (key.length != BYTES || counter.length != BYTES) {
            throw new IllegalArgumentException("key and counter have " + BYTES + " bytes");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES in counter mode", e);
        }
    }
}
