package bulwark.kernel.evidence.tlog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * A tree of which only the roots of its complete subtrees are kept, one for each bit of its size: to append costs two hashes on average,
 * its root at most 63. For one thread.
 */
public final class CompactRange {
    /** The smallest subtree first. */
    private final Deque<byte[]> roots = new ArrayDeque<>();

    private long size;

    /** Takes the roots of the complete subtrees. @param largestFirst as many as the size has bits */
    public static CompactRange of(long size, List<byte[]> largestFirst) {
        if (size < 0 || largestFirst.size() != Long.bitCount(size)) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has " + Long.bitCount(size)
                    + " complete subtrees, not " + largestFirst.size());
        }
        CompactRange range = new CompactRange();
        largestFirst.forEach(range.roots::push);
        range.size = size;
        return range;
    }

    /**
     * @param leafHash 32 bytes
     * @return the hashes that are complete now, in the order of {@link StoredHash}: that of the leaf, then those above it
     */
    public List<byte[]> append(byte[] leafHash) {
        List<byte[]> completed = new ArrayList<>();
        byte[] hash = leafHash.clone();
        completed.add(hash);
        for (long rest = size; (rest & 1) == 1; rest >>= 1) {
            hash = TreeHash.node(roots.pop(), hash);
            completed.add(hash);
        }
        roots.push(hash);
        size++;
        return completed;
    }

    public long size() {
        return size;
    }

    /** 32 bytes. */
    public byte[] root() {
        if (size == 0) {
            return TreeHash.empty();
        }
        Iterator<byte[]> upwards = roots.iterator();
        byte[] hash = upwards.next();
        while (upwards.hasNext()) {
            hash = TreeHash.node(upwards.next(), hash);
        }
        return hash.clone();
    }
}
