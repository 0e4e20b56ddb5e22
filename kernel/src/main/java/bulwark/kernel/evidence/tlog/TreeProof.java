package bulwark.kernel.evidence.tlog;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Verifies proofs about trees (RFC 9162 §2.1.3.2 and §2.1.4.2). Hashes have 32 bytes; others prove nothing. Thread-safe. */
public final class TreeProof {
    /** No tree is higher. */
    public static final int MAX_HASHES = 63;

    private TreeProof() {}

    /** Whether a leaf stands at an index of the tree with this size and root. */
    public static boolean includes(byte[] leafHash, long index, long size, List<byte[]> path, byte[] root) {
        byte[] proven = rootOf(leafHash, index, size, path);
        return proven != null && Arrays.equals(proven, root);
    }

    /** The root that a proof leads to; null when the path does not fit a tree of this size. */
    public static byte @Nullable [] rootOf(byte[] leafHash, long index, long size, List<byte[]> path) {
        if (index < 0 || index >= size || !areHashes(path)) {
            return null;
        }
        long place = index;
        long last = size - 1;
        byte[] node = leafHash;
        for (byte[] neighbour : path) {
            if (last == 0) {
                return null;
            }
            if ((place & 1) == 1 || place == last) {
                node = TreeHash.node(neighbour, node);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                node = TreeHash.node(node, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 ? node : null;
    }

    /** Whether the later tree begins with all leaves of the earlier one. */
    public static boolean isConsistent(
            long earlierSize, byte[] earlierRoot, long laterSize, byte[] laterRoot, List<byte[]> path) {
        if (earlierSize < 0 || earlierSize > laterSize || !areHashes(path)) {
            return false;
        }
        if (earlierSize == laterSize) {
            return path.isEmpty() && Arrays.equals(earlierRoot, laterRoot);
        }
        if (earlierSize == 0) {
            return path.isEmpty() && Arrays.equals(earlierRoot, TreeHash.empty());
        }
        return leadsToBoth(earlierSize, earlierRoot, laterSize, laterRoot, path);
    }

    private static boolean leadsToBoth(
            long earlierSize, byte[] earlierRoot, long laterSize, byte[] laterRoot, List<byte[]> path) {
        boolean wholeSubtree = Long.bitCount(earlierSize) == 1;
        if (path.isEmpty() && !wholeSubtree) {
            return false;
        }
        long place = earlierSize - 1;
        long last = laterSize - 1;
        while ((place & 1) == 1) {
            place >>= 1;
            last >>= 1;
        }
        byte[] first = wholeSubtree ? earlierRoot : path.getFirst();
        byte[] second = first;
        for (byte[] neighbour : wholeSubtree ? path : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                first = TreeHash.node(neighbour, first);
                second = TreeHash.node(neighbour, second);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                second = TreeHash.node(second, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(first, earlierRoot) && Arrays.equals(second, laterRoot);
    }

    private static boolean areHashes(List<byte[]> path) {
        return path.size() <= MAX_HASHES && path.stream().allMatch(hash -> hash.length == TreeHash.BYTES);
    }
}
