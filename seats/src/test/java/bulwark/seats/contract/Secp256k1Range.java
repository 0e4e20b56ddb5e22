package bulwark.seats.contract;

import java.math.BigInteger;

/** The ranges that a chain takes in a signature. */
final class Secp256k1Range {
    private static final BigInteger ORDER =
            new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

    private Secp256k1Range() {}

    static boolean isSignature(BigInteger r, BigInteger s) {
        return r.signum() > 0 && r.compareTo(ORDER) < 0 && s.signum() > 0 && s.compareTo(HALF_ORDER) <= 0;
    }
}
