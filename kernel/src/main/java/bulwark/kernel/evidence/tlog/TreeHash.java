package bulwark.kernel.evidence.tlog;

import bulwark.kernel.signing.Digests;
import java.security.MessageDigest;

/** Hashes of a Merkle tree (RFC 6962 §2.1): SHA-256, a zero byte before a leaf, a one byte before two nodes. Thread-safe. */
public final class TreeHash {
    public static final int BYTES = 32;

    private TreeHash() {}

    /** Root of a tree without leaves. A copy. */
    public static byte[] empty() {
        return Digests.newSha256().digest();
    }

    public static byte[] leaf(byte[] data) {
        MessageDigest sha256 = Digests.newSha256();
        sha256.update((byte) 0);
        return sha256.digest(data);
    }

    /** @param left 32 bytes @param right 32 bytes */
    public static byte[] node(byte[] left, byte[] right) {
        MessageDigest sha256 = Digests.newSha256();
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }
}
