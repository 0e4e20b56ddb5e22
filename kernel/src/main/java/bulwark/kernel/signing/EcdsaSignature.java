package bulwark.kernel.signing;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * A signature of secp256k1 as its two numbers, each from 1 to the order less 1. Immutable.
 *
 * @param r abscissa of the nonce point, modulo the order
 * @param s the other half
 */
public record EcdsaSignature(BigInteger r, BigInteger s) {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int MAX_INTEGER_BYTES = 33;
    private static final int NUMBER_BYTES = 32;

    /** @throws IllegalArgumentException when a number is out of range */
    public EcdsaSignature {
        if (!inRange(r) || !inRange(s)) {
            throw new IllegalArgumentException("r and s of a signature must be from 1 to the order less 1");
        }
    }

    private static boolean inRange(BigInteger number) {
        return number.signum() > 0 && number.compareTo(Secp256k1.ORDER) < 0;
    }

    /**
     * Strict DER of X.690 as a SEQUENCE of two INTEGERs: minimal lengths, minimal positive numbers, nothing after them.
     *
     * @return empty for any other bytes, and for numbers out of range
     */
    public static Optional<EcdsaSignature> ofDer(byte[] der) {
        if (der.length < 8 || der.length > 72 || der[0] != SEQUENCE || der[1] != der.length - 2) {
            return Optional.empty();
        }
        Optional<BigInteger> r = integer(der, 2);
        if (r.isEmpty()) {
            return Optional.empty();
        }
        int second = 4 + der[3];
        Optional<BigInteger> s = integer(der, second);
        if (s.isEmpty() || second + 2 + der[second + 1] != der.length || !inRange(r.get()) || !inRange(s.get())) {
            return Optional.empty();
        }
        return Optional.of(new EcdsaSignature(r.get(), s.get()));
    }

    private static Optional<BigInteger> integer(byte[] der, int at) {
        if (at + 2 > der.length || der[at] != INTEGER) {
            return Optional.empty();
        }
        int length = der[at + 1];
        if (length < 1 || length > MAX_INTEGER_BYTES || at + 2 + length > der.length || der[at + 2] < 0) {
            return Optional.empty();
        }
        if (length > 1 && der[at + 2] == 0 && der[at + 3] >= 0) {
            return Optional.empty();
        }
        return Optional.of(new BigInteger(1, Arrays.copyOfRange(der, at + 2, at + 2 + length)));
    }

    /** With the lesser of the two numbers that are valid as s: what chains take since EIP-2. */
    public EcdsaSignature lowS() {
        return isLowS() ? this : new EcdsaSignature(r, Secp256k1.ORDER.subtract(s));
    }

    public boolean isLowS() {
        return s.compareTo(Secp256k1.ORDER.shiftRight(1)) <= 0;
    }

    /** r and s, 32 bytes each, zeros in front. */
    public byte[] bytes() {
        byte[] bytes = new byte[2 * NUMBER_BYTES];
        System.arraycopy(Secp256k1.number32(r), 0, bytes, 0, NUMBER_BYTES);
        System.arraycopy(Secp256k1.number32(s), 0, bytes, NUMBER_BYTES, NUMBER_BYTES);
        return bytes;
    }
}
