package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.storage.Store;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One walk over an audit table in reads that are each short, up to the row that was the last one when it began. For one thread. */
public final class AuditPages {
    private static final int ROWS = 250;

    private final Store store;
    private final @Nullable ChainHead expected;
    private final List<String> accepted;
    private final AuditProof proof;
    private int reported;
    private boolean ended;

    AuditPages(Store store, AuditTable table, @Nullable ChainHead expected, List<String> accepted) {
        this.store = store;
        this.expected = expected;
        this.accepted = accepted;
        this.proof = AuditProof.ofAll(table);
    }

    /** Recomputes the hashes of some rows more. @return sentences about rows that are not what was written, null at the end */
    public @Nullable List<String> next() {
        ChainHead last = expected;
        if (ended || last == null) {
            return null;
        }
        ended = !store.read(tx -> proof.step(tx, last.seq(), ROWS));
        List<String> all = proof.problems();
        List<String> found = new ArrayList<>(all.subList(reported, all.size()));
        reported = all.size();
        found.removeAll(accepted);
        if (ended && all.isEmpty() && !last.equals(proof.end().orElse(null))) {
            found.add("Row " + last.seq() + " of " + last.table() + " is not the one that this process knows.");
        }
        return found;
    }
}
