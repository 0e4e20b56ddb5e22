package bulwark.kernel.evidence.journal;

import bulwark.kernel.signing.Digests;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Merkle tree hashes of RFC 9162, section 2.1: SHA-256, a zero byte before a leaf, a one byte before two nodes. A leaf of the journal is a salt of 16 bytes and the record, so that the hash of
 * somebody else's record gives nothing away. For one thread.
 */
final class MerkleTree {
    static final int SALT_BYTES = 16;

    private final MessageDigest sha256 = Digests.newSha256();

    /** The salt of one record, from the secret of its batch. */
    byte[] salt(byte[] batchSecret, int index) {
        sha256.update(batchSecret);
        for (int shift = 24; shift >= 0; shift -= 8) {
            sha256.update((byte) (index >>> shift));
        }
        return Arrays.copyOf(sha256.digest(), SALT_BYTES);
    }

    byte[] leaf(byte[] salt, byte[] record) {
        sha256.update((byte) 0);
        sha256.update(salt);
        return sha256.digest(record);
    }

    private byte[] node(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    /** @param leaves at least one */
    byte[] root(List<byte[]> leaves) {
        List<byte[]> level = leaves;
        while (level.size() > 1) {
            level = above(level);
        }
        return level.getFirst();
    }

    /** An odd node goes up unchanged, which is the tree of the RFC. */
    private List<byte[]> above(List<byte[]> level) {
        List<byte[]> above = new ArrayList<>((level.size() + 1) / 2);
        for (int i = 0; i + 1 < level.size(); i += 2) {
            above.add(node(level.get(i), level.get(i + 1)));
        }
        if (level.size() % 2 == 1) {
            above.add(level.getLast());
        }
        return above;
    }

    /** The inclusion proof of one leaf: the hashes beside its way up, lowest first. */
    List<byte[]> path(List<byte[]> leaves, int index) {
        List<byte[]> path = new ArrayList<>();
        List<byte[]> level = leaves;
        int at = index;
        while (level.size() > 1) {
            int beside = at ^ 1;
            if (beside < level.size()) {
                path.add(level.get(beside));
            }
            level = above(level);
            at /= 2;
        }
        return path;
    }

    /** Whether a leaf is the one at this index of a tree of this size and root. */
    boolean includes(byte[] leaf, int index, int size, List<byte[]> path, byte[] root) {
        if (index < 0 || index >= size) {
            return false;
        }
        byte[] hash = leaf;
        int at = index;
        int width = size;
        int used = 0;
        while (width > 1) {
            int beside = at ^ 1;
            if (beside < width) {
                if (used == path.size()) {
                    return false;
                }
                byte[] other = path.get(used++);
                hash = beside < at ? node(other, hash) : node(hash, other);
            }
            at /= 2;
            width = (width + 1) / 2;
        }
        return used == path.size() && Arrays.equals(hash, root);
    }
}
