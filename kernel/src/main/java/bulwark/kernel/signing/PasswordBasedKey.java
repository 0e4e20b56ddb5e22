package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;

/** Keys out of passwords, for formats of others that say how; passwords of our own callers are hashed by {@link PasswordHash}. Costs are the caller's to bound. Thread-safe. */
public final class PasswordBasedKey {
    private PasswordBasedKey() {}

    /**
     * RFC 7914. Takes {@code 128 × n × r} bytes of memory.
     *
     * @param n a power of two, greater than 1
     * @param bytes of the key
     */
    public static SecretBytes scrypt(SecretBytes password, byte[] salt, int n, int r, int p, int bytes) {
        return SecretBytes.of(SCrypt.generate(password.expose(SecretAccess.grant()), salt, n, r, p, bytes));
    }

    /** PBKDF2 of RFC 8018 with HMAC-SHA256. @param bytes of the key */
    public static SecretBytes pbkdf2Sha256(SecretBytes password, byte[] salt, int iterations, int bytes) {
        return pbkdf2(new SHA256Digest(), password, salt, iterations, bytes);
    }

    /** PBKDF2 of RFC 8018 with HMAC-SHA512. @param bytes of the key */
    public static SecretBytes pbkdf2Sha512(SecretBytes password, byte[] salt, int iterations, int bytes) {
        return pbkdf2(new SHA512Digest(), password, salt, iterations, bytes);
    }

    private static SecretBytes pbkdf2(Digest digest, SecretBytes password, byte[] salt, int iterations, int bytes) {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
        generator.init(password.expose(SecretAccess.grant()), salt, iterations);
        return SecretBytes.of(((KeyParameter) generator.generateDerivedMacParameters(8 * bytes)).getKey());
    }
}
