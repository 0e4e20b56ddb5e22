package bulwark.kernel.signing;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Signs with a commitment R of small order (secret nonce 0), as only the holder of a key can: S = k·a. */
final class NeutralCommitment {
    static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    /** y = p − 1, little-endian. */
    static final byte[] ORDER_TWO = orderTwo();

    private NeutralCommitment() {}

    static byte[] sign(byte[] seed, byte[] publicKey, byte[] commitment, byte[] message) {
        byte[] expanded = Arrays.copyOf(sha512(seed), 32);
        expanded[0] &= (byte) 0xF8;
        expanded[31] &= 0x7F;
        expanded[31] |= 0x40;
        BigInteger k = number(sha512(commitment, publicKey, message));
        byte[] signature = Arrays.copyOf(commitment, 64);
        System.arraycopy(littleEndian(k.multiply(number(expanded)).mod(ORDER)), 0, signature, 32, 32);
        return signature;
    }

    static byte[] littleEndian(BigInteger number) {
        return Arrays.copyOf(VerdictsTest.reversed(number.toByteArray()), 32);
    }

    private static BigInteger number(byte[] littleEndian) {
        return new BigInteger(1, VerdictsTest.reversed(littleEndian));
    }

    private static byte[] orderTwo() {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 0xFF);
        bytes[0] = (byte) 0xEC;
        bytes[31] = 0x7F;
        return bytes;
    }

    private static byte[] sha512(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
