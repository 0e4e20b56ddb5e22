package bulwark.testkit;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** A key of a curve that signs by the definition of ECDSA (SEC 1, section 4.1.3), written apart from the code under test: slow, and not for secrets. Thread-safe. */
public final class CurveKey {
    /** Curves in the words of AWS KMS. */
    public enum Curve {
        ECC_SECG_P256K1(
                "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
                "00",
                "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
                "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
                "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
                "3056301006072a8648ce3d020106052b8104000a034200"),
        ECC_NIST_P256(
                "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
                "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
                "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
                "3059301306072a8648ce3d020106082a8648ce3d030107034200");

        final BigInteger prime;
        final BigInteger a;
        final BigInteger order;
        final Point generator;
        /** Everything of a SubjectPublicKeyInfo before its uncompressed point. */
        final byte[] keyPrefix;

        Curve(String prime, String a, String order, String x, String y, String keyPrefix) {
            this.prime = new BigInteger(prime, 16);
            this.a = new BigInteger(a, 16);
            this.order = new BigInteger(order, 16);
            this.generator = new Point(new BigInteger(x, 16), new BigInteger(y, 16));
            this.keyPrefix = HexFormat.of().parseHex(keyPrefix);
        }

        /** Never of a point and its opposite, which no step of {@link #multiply} meets with numbers below the order. */
        private Point add(Point p, Point q) {
            BigInteger slope = p.equals(q)
                    ? p.x.pow(2)
                            .multiply(BigInteger.valueOf(3))
                            .add(a)
                            .multiply(p.y.shiftLeft(1).modInverse(prime))
                    : q.y.subtract(p.y).multiply(q.x.subtract(p.x).modInverse(prime));
            BigInteger x = slope.pow(2).subtract(p.x).subtract(q.x).mod(prime);
            return new Point(x, slope.multiply(p.x.subtract(x)).subtract(p.y).mod(prime));
        }

        private Point multiply(BigInteger number) {
            Point sum = generator;
            for (int bit = number.bitLength() - 2; bit >= 0; bit--) {
                sum = add(sum, sum);
                if (number.testBit(bit)) {
                    sum = add(sum, generator);
                }
            }
            return sum;
        }
    }

    /** Not the one at infinity. */
    private record Point(BigInteger x, BigInteger y) {}

    /** The two numbers of a signature; either s. */
    public record Pair(BigInteger r, BigInteger s) {
        /** A SEQUENCE of two INTEGERs (X.690). */
        public byte[] der() {
            byte[] one = r.toByteArray();
            byte[] two = s.toByteArray();
            byte[] der = new byte[6 + one.length + two.length];
            der[0] = 0x30;
            der[1] = (byte) (der.length - 2);
            der[2] = 2;
            der[3] = (byte) one.length;
            System.arraycopy(one, 0, der, 4, one.length);
            der[4 + one.length] = 2;
            der[5 + one.length] = (byte) two.length;
            System.arraycopy(two, 0, der, 6 + one.length, two.length);
            return der;
        }
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Curve curve;
    private final BigInteger number;
    private final Point point;

    private CurveKey(Curve curve, BigInteger number) {
        this.curve = curve;
        this.number = number;
        this.point = curve.multiply(number);
    }

    public static CurveKey create(Curve curve) {
        return new CurveKey(curve, below(curve.order));
    }

    /** @param number of the private key, below the order */
    public static CurveKey of(Curve curve, byte[] number) {
        return new CurveKey(curve, new BigInteger(1, number));
    }

    public Curve curve() {
        return curve;
    }

    /** DER (RFC 5480), with the uncompressed point. */
    public byte[] subjectPublicKeyInfo() {
        byte[] der = Arrays.copyOf(curve.keyPrefix, curve.keyPrefix.length + 65);
        der[curve.keyPrefix.length] = 4;
        System.arraycopy(padded(point.x), 0, der, curve.keyPrefix.length + 1, 32);
        System.arraycopy(padded(point.y), 0, der, curve.keyPrefix.length + 33, 32);
        return der;
    }

    /** Another signature at each call. @param digest 32 bytes, signed as they are */
    public Pair sign(byte[] digest) {
        BigInteger e = new BigInteger(1, digest);
        while (true) {
            BigInteger k = below(curve.order);
            BigInteger r = curve.multiply(k).x.mod(curve.order);
            BigInteger s = k.modInverse(curve.order)
                    .multiply(e.add(r.multiply(number)))
                    .mod(curve.order);
            if (r.signum() > 0 && s.signum() > 0) {
                return new Pair(r, s);
            }
        }
    }

    /** The same signature with the greater s. */
    public Pair signHigh(byte[] digest) {
        Pair pair = sign(digest);
        return new Pair(pair.r(), pair.s().max(curve.order.subtract(pair.s())));
    }

    private static BigInteger below(BigInteger order) {
        return new BigInteger(order.bitLength() + 64, RANDOM)
                .mod(order.subtract(BigInteger.TWO))
                .add(BigInteger.TWO);
    }

    private static byte[] padded(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[32];
        int from = Math.max(0, bytes.length - 32);
        System.arraycopy(bytes, from, padded, 32 - (bytes.length - from), bytes.length - from);
        return padded;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
