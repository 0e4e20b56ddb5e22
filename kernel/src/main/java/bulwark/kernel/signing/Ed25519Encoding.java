package bulwark.kernel.signing;

/**
 * The byte checks that come before any curve arithmetic, the same for every provider: lengths, canonical encodings of A and R
 * (y below p, and no sign on a point with x = 0), and S below the group order.
 */
final class Ed25519Encoding {
    static final int KEY_LENGTH = 32;
    static final int SIGNATURE_LENGTH = 64;

    /** Group order L = 2^252 + 27742317777372353535851937790883648493, little-endian. */
    private static final byte[] ORDER = {
        (byte) 0xed,
        (byte) 0xd3,
        (byte) 0xf5,
        0x5c,
        0x1a,
        0x63,
        0x12,
        0x58,
        (byte) 0xd6,
        (byte) 0x9c,
        (byte) 0xf7,
        (byte) 0xa2,
        (byte) 0xde,
        (byte) 0xf9,
        (byte) 0xde,
        0x14,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0x10
    };

    private Ed25519Encoding() {}

    static boolean isCanonicalKey(byte[] publicKey) {
        return publicKey.length == KEY_LENGTH && isCanonicalPoint(publicKey);
    }

    static boolean isCanonicalSignature(byte[] signature) {
        return signature.length == SIGNATURE_LENGTH && isCanonicalPoint(signature) && isBelowOrder(signature);
    }

    /** The neutral point, y = 1. */
    static boolean isNeutral(byte[] bytes) {
        return bytes[0] == 1 && allEqual(bytes, 1, KEY_LENGTH, 0);
    }

    private static boolean isCanonicalPoint(byte[] bytes) {
        int top = bytes[KEY_LENGTH - 1] & 0x7F;
        boolean negative = bytes[KEY_LENGTH - 1] < 0;
        int low = bytes[0] & 0xFF;
        boolean topOfField = top == 0x7F && allEqual(bytes, 1, KEY_LENGTH - 1, -1);
        if (topOfField && low >= 0xED) {
            return false;
        }
        // x is 0 only for y = 1 and y = -1, that is p - 1.
        boolean one = top == 0 && low == 1 && allEqual(bytes, 1, KEY_LENGTH - 1, 0);
        boolean minusOne = topOfField && low == 0xEC;
        return !(negative && (one || minusOne));
    }

    private static boolean isBelowOrder(byte[] signature) {
        for (int i = KEY_LENGTH - 1; i >= 0; i--) {
            int digit = signature[KEY_LENGTH + i] & 0xFF;
            int limit = ORDER[i] & 0xFF;
            if (digit != limit) {
                return digit < limit;
            }
        }
        return false;
    }

    private static boolean allEqual(byte[] bytes, int from, int to, int value) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }
}
