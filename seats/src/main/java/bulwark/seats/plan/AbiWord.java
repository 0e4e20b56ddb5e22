package bulwark.seats.plan;

import java.math.BigInteger;

/** A number in the 32 bytes that Solidity's ABI gives it. */
final class AbiWord {
    static final int BYTES = 32;

    private AbiWord() {}

    /** @param number from 0 to 2^256 less 1 */
    static byte[] of(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] word = new byte[BYTES];
        int from = Math.max(0, bytes.length - BYTES);
        System.arraycopy(bytes, from, word, BYTES - (bytes.length - from), bytes.length - from);
        return word;
    }
}
