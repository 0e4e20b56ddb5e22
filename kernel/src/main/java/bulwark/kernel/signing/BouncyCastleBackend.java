package bulwark.kernel.signing;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * Ed25519 by Bouncy Castle's lightweight arithmetic, with the verdicts of the JDK; HMAC by the JDK.
 *
 * <p>The JDK accepts when {@code E = S·B − k·A − R} is the neutral point. Bouncy Castle tests {@code v·E'} for some {@code v}
 * that is not a multiple of the group order L, with {@code k} reduced modulo L; the two differ only by points of small order.
 *
 * <ul>
 *   <li>A is not in the subgroup of order L (found once, when the key is parsed): the JDK decides every signature.
 *   <li>A is in the subgroup, so {@code E} and {@code E'} agree. A refusal by Bouncy Castle means {@code v·E ≠ 0}, hence
 *       {@code E ≠ 0}: the JDK refuses too. (R neutral is left to the JDK at once, so that this does not lean on how Bouncy Castle treats it.)
 *   <li>An acceptance means {@code v·E = 0}: the part of {@code E} in the subgroup is neutral, and what may be left is a point of
 *       small order that comes from R alone. So when R is in the subgroup, {@code E = 0} and the JDK accepts.
 *   <li>R is not in the subgroup: the JDK decides. Only the holder of the key can make such a signature.
 * </ul>
 */
final class BouncyCastleBackend implements Ed25519Backend {
    private final JcaBackend jdk;

    BouncyCastleBackend(JcaBackend jdk) {
        this.jdk = jdk;
        Ed25519.precompute();
    }

    @Override
    public String describe() {
        return "Bouncy Castle " + new BouncyCastleProvider().getVersionStr();
    }

    @Override
    public Ed25519Signer signer(byte[] seed) {
        return new Signer(seed.clone());
    }

    @Override
    public Ed25519Verifier verifier(byte[] publicKey) {
        byte[] key = publicKey.clone();
        Ed25519.@Nullable PublicPoint point = Ed25519.validatePublicKeyFullExport(key, 0);
        if (point == null) {
            return jdk.verifier(key);
        }
        return (message, signature) -> verify(key, point, message, signature);
    }

    private boolean verify(byte[] key, Ed25519.PublicPoint point, byte[] message, byte[] signature) {
        if (Ed25519Encoding.isNeutral(signature)) {
            return jdk.verifier(key).verify(message, signature);
        }
        if (!Ed25519.verify(signature, 0, point, message, 0, message.length)) {
            return false;
        }
        return Ed25519.validatePublicKeyFull(signature, 0) || jdk.verifier(key).verify(message, signature);
    }

    @Override
    public byte[] hmacSha256(byte[] key, byte[] message) {
        return jdk.hmacSha256(key, message);
    }

    private static final class Signer implements Ed25519Signer {
        private final byte[] seed;
        private final byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];

        Signer(byte[] seed) {
            this.seed = seed;
            Ed25519.generatePublicKey(seed, 0, publicKey, 0);
        }

        @Override
        public byte[] sign(byte[] message) {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
            return signature;
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
