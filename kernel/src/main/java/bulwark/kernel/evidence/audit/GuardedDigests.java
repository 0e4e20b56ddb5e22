package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The newest word of an audit log about each guarded row, from rows that were proven or that this process wrote: never from the file
 * again. Thread-safe.
 */
final class GuardedDigests {
    /**
     * @param value empty for a row that was removed
     * @param former what held before: readers that began earlier still see that row
     */
    private record Committed(Optional<String> value, List<Former> former) {
        private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);

        /** @param until {@link System#nanoTime()} when another value took its place */
        private record Former(Optional<String> value, long until) {}

        boolean isOrWas(Optional<String> digest, long began) {
            return value.equals(digest)
                    || former.stream().anyMatch(each -> each.value.equals(digest) && began - each.until < 0);
        }

        /** No read takes longer than the older ones are kept. */
        Committed next(Optional<String> next, long now) {
            List<Former> kept = new ArrayList<>();
            former.stream().filter(each -> now - each.until < KEPT_NANOS).forEach(kept::add);
            kept.add(new Former(value, now));
            return new Committed(next, List.copyOf(kept));
        }
    }

    private static final Committed NONE = new Committed(Optional.empty(), List.of());

    private final Map<String, Committed> committed = new ConcurrentHashMap<>();
    /** Written and perhaps committed: a reader may see such a row a moment before the commit is reported here. */
    private final Map<String, Optional<String>> pending = new ConcurrentHashMap<>();

    private int open;
    private String fold = "";

    /** What was read, in place of all that was known. */
    synchronized void replace(Map<String, Optional<String>> read, String fold) {
        committed.clear();
        read.forEach((name, digest) -> committed.put(name, new Committed(digest, List.of())));
        this.fold = fold;
    }

    synchronized void written(Map<String, @Nullable String> digests) {
        open++;
        digests.forEach((name, digest) -> pending.put(name, Optional.ofNullable(digest)));
    }

    synchronized void committed(Map<String, @Nullable String> digests) {
        long now = System.nanoTime();
        digests.forEach((name, digest) -> {
            Optional<String> value = Optional.ofNullable(digest);
            committed.put(name, committed.getOrDefault(name, NONE).next(value, now));
            pending.remove(name, value);
        });
        fold = folded(fold, digests);
        open--;
    }

    /** Said by a row that was proven, of whichever process. */
    synchronized void learned(Map<String, @Nullable String> digests) {
        long now = System.nanoTime();
        digests.forEach((name, digest) ->
                committed.put(name, committed.getOrDefault(name, NONE).next(Optional.ofNullable(digest), now)));
        fold = folded(fold, digests);
    }

    synchronized String foldNow() {
        return fold;
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
