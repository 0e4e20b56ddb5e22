package bulwark.kernel.signing;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Ed25519 and HMAC through JCA: the JDK's own providers, or Corretto's with the JDK's key objects. */
final class JcaBackend implements Ed25519Backend {
    private static final String ED25519 = "Ed25519";
    private static final String JDK_CURVES = "SunEC";
    private static final String HMAC = "HmacSHA256";
    /** A native provider takes no more of a message for Ed25519, which is signed whole; the JDK's has no such limit. */
    private static final int MAX_NATIVE_BYTES = 1 << 20;

    private final String description;
    private final Provider signatures;
    private final Provider macs;

    JcaBackend(String description, Provider signatures, Provider macs) {
        this.description = description;
        this.signatures = signatures;
        this.macs = macs;
    }

    static JcaBackend jdk() {
        return new JcaBackend("JDK " + Runtime.version(), named(JDK_CURVES), named("SunJCE"));
    }

    private static Provider named(String name) {
        return Objects.requireNonNull(Security.getProvider(name), () -> "the JDK's provider " + name + " is missing");
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public Ed25519Signer signer(byte[] seed) {
        return new Signer(seed);
    }

    @Override
    public Ed25519Verifier verifier(byte[] publicKey) {
        try {
            PublicKey key = publicKey(publicKey);
            // A point that is not on the curve is found only here.
            verification(key, new byte[0]);
            return (message, signature) -> verify(key, message, signature);
        } catch (GeneralSecurityException e) {
            return (message, signature) -> false;
        }
    }

    @Override
    public byte[] hmacSha256(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC, macs);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 failed in " + description, e);
        }
    }

    private boolean verify(PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verification = verification(key, message);
            verification.update(message);
            return verification.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private Provider signatures(byte[] message) {
        return message.length > MAX_NATIVE_BYTES ? named(JDK_CURVES) : signatures;
    }

    private Signature verification(PublicKey key, byte[] message) throws GeneralSecurityException {
        Signature verification = Signature.getInstance(ED25519, signatures(message));
        verification.initVerify(key);
        return verification;
    }

    private static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
        byte[] bigEndian = reversed(raw);
        boolean xOdd = bigEndian[0] < 0;
        bigEndian[0] &= 0x7F;
        EdECPoint point = new EdECPoint(xOdd, new BigInteger(1, bigEndian));
        return KeyFactory.getInstance(ED25519, JDK_CURVES)
                .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
    }

    private static byte[] rawKey(EdECPublicKey key) {
        byte[] y = key.getPoint().getY().toByteArray();
        byte[] bigEndian = new byte[Ed25519Encoding.KEY_LENGTH];
        int length = Math.min(y.length, bigEndian.length);
        System.arraycopy(y, y.length - length, bigEndian, bigEndian.length - length, length);
        if (key.getPoint().isXOdd()) {
            bigEndian[0] |= (byte) 0x80;
        }
        return reversed(bigEndian);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private final class Signer implements Ed25519Signer {
        private final PrivateKey key;
        private final byte[] publicKey;

        Signer(byte[] seed) {
            try {
                // The JDK derives a public key only while it generates a pair: it takes the seed as its randomness.
                KeyPairGenerator generator = KeyPairGenerator.getInstance(ED25519, JDK_CURVES);
                generator.initialize(NamedParameterSpec.ED25519, new SeedAsRandomness(seed));
                var pair = generator.generateKeyPair();
                key = pair.getPrivate();
                publicKey = rawKey((EdECPublicKey) pair.getPublic());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK cannot make an Ed25519 key", e);
            }
        }

        @Override
        public byte[] sign(byte[] message) {
            try {
                Signature signature = Signature.getInstance(ED25519, signatures(message));
                signature.initSign(key);
                signature.update(message);
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Ed25519 signing failed in " + description, e);
            }
        }

        @Override
        public byte[] publicKey() {
            return publicKey.clone();
        }

        @Override
        public String toString() {
            return "signer " + keyId();
        }
    }
}
