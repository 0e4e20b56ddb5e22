package bulwark.kernel.evidence.tlog;

import java.util.ArrayList;
import java.util.List;

/** A log's tree as the program keeps it, with its stored hashes in memory. */
final class GrownTree {
    final CompactRange range = new CompactRange();
    private final List<byte[]> stored = new ArrayList<>();

    static GrownTree of(List<byte[]> data) {
        GrownTree tree = new GrownTree();
        data.forEach(leaf -> tree.stored.addAll(tree.range.append(TreeHash.leaf(leaf))));
        return tree;
    }

    int storedHashes() {
        return stored.size();
    }

    HashReader reader() {
        return (level, index) -> stored.get((int) StoredHash.position(level, index));
    }

    TreeProver prover() {
        return new TreeProver(reader());
    }
}
