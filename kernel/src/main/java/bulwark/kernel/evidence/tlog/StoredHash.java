package bulwark.kernel.evidence.tlog;

/**
 * The order in which the hashes of complete subtrees come into being: each leaf, and behind it those that it completes, lowest first. It
 * is the order of Go's {@code sumdb/tlog}, so that a store of hashes is a file of 32-byte records that only grows.
 */
public final class StoredHash {
    private StoredHash() {}

    /** How many hashes a tree of this size has. */
    public static long count(long size) {
        return 2 * size - Long.bitCount(size);
    }

    /** Where the hash of a complete subtree stands. @param level 0 for leaves @param index of the subtree within its level */
    public static long position(int level, long index) {
        // The subtree is complete with its last leaf, behind whose own hash stand those below this one.
        long lastLeaf = ((index + 1) << level) - 1;
        return count(lastLeaf) + level;
    }
}
