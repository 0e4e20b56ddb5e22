package bulwark.kernel.signing;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;

/** Public arithmetic of the curve secp256k1 (SEC 2): nothing here touches a secret. Thread-safe. */
public final class Secp256k1 {
    static final X9ECParameters CURVE = SECNamedCurves.getByName("secp256k1");

    /** Of the group. */
    public static final BigInteger ORDER = CURVE.getN();

    private static final BigInteger PRIME = CURVE.getCurve().getField().getCharacteristic();
    private static final int POINT_BYTES = 64;
    private static final byte[] SPKI_PREFIX =
            HexFormat.of().parseHex("3056301006072a8648ce3d020106052b8104000a03420004");

    private Secp256k1() {}

    /**
     * The public key under which this is the signature of a digest.
     *
     * @param digest 32 bytes
     * @param parity of the ordinate of the nonce point: 0 or 1
     * @return 64 bytes, abscissa and ordinate; empty when there is none
     */
    public static Optional<byte[]> recover(byte[] digest, EcdsaSignature signature, int parity) {
        BigInteger r = signature.r();
        if (r.compareTo(PRIME) >= 0) {
            return Optional.empty();
        }
        byte[] encoded = new byte[33];
        encoded[0] = (byte) (2 + parity);
        System.arraycopy(number32(r), 0, encoded, 1, 32);
        ECPoint nonce;
        try {
            nonce = CURVE.getCurve().decodePoint(encoded);
        } catch (IllegalArgumentException notOnTheCurve) {
            return Optional.empty();
        }
        BigInteger inverse = r.modInverse(ORDER);
        BigInteger u1 = new BigInteger(1, digest).negate().multiply(inverse).mod(ORDER);
        BigInteger u2 = signature.s().multiply(inverse).mod(ORDER);
        ECPoint key =
                ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, nonce, u2).normalize();
        return key.isInfinity() ? Optional.empty() : Optional.of(bytes(key));
    }

    /**
     * The point of a SubjectPublicKeyInfo (RFC 5480) with an uncompressed point of this curve.
     *
     * @return 64 bytes; empty for another form or curve, and for a point that is not on it
     */
    public static Optional<byte[]> ofSubjectPublicKeyInfo(byte[] der) {
        if (der.length != SPKI_PREFIX.length + POINT_BYTES
                || !Arrays.equals(SPKI_PREFIX, Arrays.copyOf(der, SPKI_PREFIX.length))) {
            return Optional.empty();
        }
        byte[] encoded = Arrays.copyOfRange(der, SPKI_PREFIX.length - 1, der.length);
        try {
            CURVE.getCurve().decodePoint(encoded);
            return Optional.of(Arrays.copyOfRange(encoded, 1, encoded.length));
        } catch (IllegalArgumentException notOnTheCurve) {
            return Optional.empty();
        }
    }

    /** The SubjectPublicKeyInfo of a point. @param point 64 bytes */
    public static byte[] subjectPublicKeyInfo(byte[] point) {
        byte[] der = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + POINT_BYTES);
        System.arraycopy(point, 0, der, SPKI_PREFIX.length, POINT_BYTES);
        return der;
    }

    static byte[] bytes(ECPoint normalized) {
        return Arrays.copyOfRange(normalized.getEncoded(false), 1, POINT_BYTES + 1);
    }

    static byte[] number32(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[32];
        int from = Math.max(0, bytes.length - 32);
        System.arraycopy(bytes, from, padded, 32 - (bytes.length - from), bytes.length - from);
        return padded;
    }
}
