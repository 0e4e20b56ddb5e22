package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** A private key of secp256k1 in this process; nonces by RFC 6979. Never prints. Thread-safe. */
public final class Secp256k1Key {
    private static final ECDomainParameters DOMAIN =
            new ECDomainParameters(Secp256k1.CURVE.getCurve(), Secp256k1.CURVE.getG(), Secp256k1.ORDER);
    private static final int BYTES = 32;

    private final ECPrivateKeyParameters key;
    private final byte[] point;

    private Secp256k1Key(BigInteger number) {
        key = new ECPrivateKeyParameters(number, DOMAIN);
        point = Secp256k1.bytes(
                new FixedPointCombMultiplier().multiply(DOMAIN.getG(), number).normalize());
    }

    /** @return empty when it is not 32 bytes, or no number from 1 to the order less 1 */
    public static Optional<Secp256k1Key> of(SecretBytes bytes) {
        byte[] exposed = bytes.expose(SecretAccess.grant());
        try {
            BigInteger number = new BigInteger(1, exposed);
            boolean usable = exposed.length == BYTES && number.signum() > 0 && number.compareTo(Secp256k1.ORDER) < 0;
            return usable ? Optional.of(new Secp256k1Key(number)) : Optional.empty();
        } finally {
            Arrays.fill(exposed, (byte) 0);
        }
    }

    /** The signature with the lesser s. @param digest 32 bytes, signed as they are */
    public EcdsaSignature sign(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + digest.length);
        }
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, key);
        BigInteger[] pair = signer.generateSignature(digest);
        return new EcdsaSignature(pair[0], pair[1]).lowS();
    }

    /** 64 bytes: abscissa and ordinate. */
    public byte[] publicKey() {
        return point.clone();
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
