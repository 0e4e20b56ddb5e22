package bulwark.kernel.signing;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** The hash of Ethereum: Keccak with 256 bits and the padding that came before FIPS 202, so not SHA3-256. Thread-safe. */
public final class Keccak256 {
    private static final int BYTES = 32;

    private Keccak256() {}

    /** @param pieces hashed as if they stood one after the other */
    public static byte[] hash(byte[]... pieces) {
        KeccakDigest digest = new KeccakDigest(BYTES * 8);
        for (byte[] piece : pieces) {
            digest.update(piece, 0, piece.length);
        }
        byte[] hash = new byte[BYTES];
        digest.doFinal(hash, 0);
        return hash;
    }
}
