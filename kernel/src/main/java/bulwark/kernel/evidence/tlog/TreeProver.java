package bulwark.kernel.evidence.tlog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Roots and proofs of the trees of a log, each out of a number of stored hashes that grows with the logarithm of its size. Thread-safe if the reader is. */
public final class TreeProver {
    private final HashReader hashes;

    /** @param hashes of a tree at least as large as the largest one that is asked for */
    public TreeProver(HashReader hashes) {
        this.hashes = hashes;
    }

    public byte[] root(long size) throws IOException {
        return size == 0 ? TreeHash.empty() : root(0, size);
    }

    /** Hash of one leaf. */
    public byte[] leaf(long index) throws IOException {
        return hashes.hash(0, index);
    }

    /** Roots of the complete subtrees, the largest first. */
    public List<byte[]> peaks(long size) throws IOException {
        List<byte[]> peaks = new ArrayList<>();
        long start = 0;
        for (int level = 62; level >= 0; level--) {
            if (((size >> level) & 1) == 1) {
                peaks.add(hashes.hash(level, start >> level));
                start += 1L << level;
            }
        }
        return peaks;
    }

    /**
     * The hashes beside the way from a leaf to the root, lowest first (RFC 6962 §2.1.1).
     *
     * @throws IllegalArgumentException unless 0 ≤ index &lt; size
     */
    public List<byte[]> inclusion(long index, long size) throws IOException {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has none at index " + index);
        }
        List<byte[]> path = new ArrayList<>();
        inclusion(index, 0, size, path);
        return path;
    }

    private void inclusion(long index, long start, long end, List<byte[]> path) throws IOException {
        if (end - start == 1) {
            return;
        }
        long middle = start + half(end - start);
        if (index < middle) {
            inclusion(index, start, middle, path);
            path.add(root(middle, end));
        } else {
            inclusion(index, middle, end, path);
            path.add(root(start, middle));
        }
    }

    /**
     * That the later tree begins with the earlier one (RFC 6962 §2.1.2). Empty for trees of one size and for an empty earlier one.
     *
     * @throws IllegalArgumentException unless 0 ≤ earlier ≤ later
     */
    public List<byte[]> consistency(long earlier, long later) throws IOException {
        if (earlier < 0 || earlier > later) {
            throw new IllegalArgumentException("no tree of " + later + " leaves begins with one of " + earlier);
        }
        List<byte[]> path = new ArrayList<>();
        if (earlier > 0 && earlier < later) {
            consistency(earlier, 0, later, true, path);
        }
        return path;
    }

    private void consistency(long earlier, long start, long end, boolean known, List<byte[]> path) throws IOException {
        if (earlier == end) {
            if (!known) {
                path.add(root(start, end));
            }
            return;
        }
        long middle = start + half(end - start);
        if (earlier <= middle) {
            consistency(earlier, start, middle, known, path);
            path.add(root(middle, end));
        } else {
            consistency(earlier, middle, end, false, path);
            path.add(root(start, middle));
        }
    }

    /** Of the leaves from start to end, where start is a multiple of the largest complete subtree among them. */
    private byte[] root(long start, long end) throws IOException {
        long size = end - start;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return hashes.hash(level, start >> level);
        }
        long middle = start + half(size);
        return TreeHash.node(root(start, middle), root(middle, end));
    }

    /** The largest power of two that is less. */
    private static long half(long size) {
        return Long.highestOneBit(size - 1);
    }
}
