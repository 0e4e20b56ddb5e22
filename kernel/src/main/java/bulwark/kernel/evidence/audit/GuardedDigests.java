package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest word of an audit log about each guarded row, from rows that were proven or that this process wrote: never from the file
 * again. Thread-safe.
 */
final class GuardedDigests {
    /**
     * @param value empty for a row that was removed
     * @param former what held before this process wrote the value: readers that began earlier still see that row
     * @param since {@link System#nanoTime()} when the value was committed
     */
    private record Committed(Optional<String> value, Optional<String> former, long since) {
        boolean isOrWas(Optional<String> digest, long began) {
            return value.equals(digest) || former.equals(digest) && began - since < 0;
        }
    }

    private final Map<String, Committed> committed = new ConcurrentHashMap<>();
    /** Written and perhaps committed: a reader may see such a row a moment before the commit is reported here. */
    private final Map<String, Optional<String>> pending = new ConcurrentHashMap<>();

    private int open;
    private String fold = "";

    /** What was read, in place of all that was known. */
    synchronized void replace(Map<String, Optional<String>> read, String fold) {
        long now = System.nanoTime();
        committed.clear();
        read.forEach((name, digest) -> committed.put(name, new Committed(digest, digest, now)));
        this.fold = fold;
    }

    synchronized void written(Map<String, @Nullable String> digests) {
        open++;
        digests.forEach((name, digest) -> pending.put(name, Optional.ofNullable(digest)));
    }

    synchronized void committed(Map<String, @Nullable String> digests) {
        long now = System.nanoTime();
        digests.forEach((name, digest) -> {
            Committed before = committed.get(name);
            Optional<String> value = Optional.ofNullable(digest);
            committed.put(name, new Committed(value, before == null ? Optional.empty() : before.value, now));
            pending.remove(name, value);
        });
        fold = folded(fold, digests);
        open--;
    }

    synchronized void rolledBack(Map<String, @Nullable String> digests) {
        digests.forEach((name, digest) -> pending.remove(name, Optional.ofNullable(digest)));
        open--;
    }

    /** Whether a row with this digest, or its absence, is what the log says in the state that a transaction sees. */
    boolean agree(ReadTx tx, String name, Optional<String> digest) {
        // Pending first: what is taken out of there stands among the committed before.
        if (digest.equals(pending.get(name))) {
            return true;
        }
        Committed word = committed.get(name);
        return word == null ? digest.isEmpty() : word.isOrWas(digest, tx.began());
    }

    /** Null when the log never spoke of the row. */
    @Nullable
    Optional<String> newest(String name) {
        Committed word = committed.get(name);
        return word == null ? null : word.value;
    }

    /** Names of all rows that the log speaks of. */
    java.util.Set<String> names() {
        return committed.keySet();
    }

    /** Stands for all that the log said, in its order; null while a row is being written. */
    synchronized @Nullable String fold() {
        return open > 0 ? null : fold;
    }

    /** @param fold of the rows before, empty at the start */
    static String folded(String fold, Map<String, @Nullable String> digests) {
        return Digests.sha256Hex(CanonicalJson.bytes(Map.of("before", fold, "digests", new TreeMap<>(digests))));
    }
}
