package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * ML-DSA-44 (FIPS 204), the post-quantum signature beside Ed25519: pure, with an empty context, by the JDK. Immutable, thread-safe.
 */
public final class MlDsa44 {
    public static final int SEED_BYTES = 32;
    public static final int PUBLIC_KEY_BYTES = 1312;
    public static final int SIGNATURE_BYTES = 2420;

    private static final String ALGORITHM = "ML-DSA-44";
    private static final String PROVIDER = "SUN";
    /** X.509 SubjectPublicKeyInfo before the raw key (RFC 9881). */
    private static final byte[] DER_PREFIX = HexFormat.of().parseHex("30820532300b06096086480165030403110382052100");

    private final PrivateKey key;
    private final byte[] publicKey;

    private MlDsa44(PrivateKey key, byte[] publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /** The key of a seed; always the same of the same seed. @throws IllegalArgumentException unless it has 32 bytes */
    public static MlDsa44 signer(SecretBytes seed) {
        if (seed.length() != SEED_BYTES) {
            throw new IllegalArgumentException("a seed of ML-DSA-44 has 32 bytes, not " + seed.length());
        }
        byte[] bytes = seed.expose(SecretAccess.grant());
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM, PROVIDER);
            generator.initialize(-1, new SeedAsRandomness(bytes));
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            return new MlDsa44(
                    pair.getPrivate(), Arrays.copyOfRange(encoded, encoded.length - PUBLIC_KEY_BYTES, encoded.length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot make a key of ML-DSA-44", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** 2,420 bytes, others each time. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM, PROVIDER);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing with ML-DSA-44 failed", e);
        }
    }

    /** Raw 1,312 bytes. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** False on malformed input of any kind; never throws for it. @param publicKey raw bytes */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != PUBLIC_KEY_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            byte[] der = Arrays.copyOf(DER_PREFIX, DER_PREFIX.length + PUBLIC_KEY_BYTES);
            System.arraycopy(publicKey, 0, der, DER_PREFIX.length, PUBLIC_KEY_BYTES);
            PublicKey parsed = KeyFactory.getInstance(ALGORITHM, PROVIDER).generatePublic(new X509EncodedKeySpec(der));
            Signature verification = Signature.getInstance(ALGORITHM, PROVIDER);
            verification.initVerify(parsed);
            verification.update(message);
            return verification.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "signer of ML-DSA-44";
    }
}
