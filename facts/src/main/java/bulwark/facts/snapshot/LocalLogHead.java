package bulwark.facts.snapshot;

import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.evidence.ChainHead;
import bulwark.kernel.evidence.LogReader;
import bulwark.kernel.evidence.StoreCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The end of a local transparency log file, and the newest head of the fact chain in it.
 *
 * @param index of the last record, -1 when there is none
 * @param coveredSeq chain position that the log vouches for, 0 when there is none
 */
record LocalLogHead(
        long index,
        @Nullable String chainHash,
        long coveredSeq,
        @Nullable String coveredHash) {
    private static final String CHAIN = "fact_chain";

    /**
     * Torn lines are passed over wherever they stand; the log's own integrity is {@code fsck}'s matter.
     *
     * @param keyFolder of the store that is asked about: only what it signed counts. Where it signed nothing yet, the newest checkpoint
     *     without a signature counts, as versions before signatures left it
     */
    static LocalLogHead read(@Nullable Path file, @Nullable Path keyFolder) throws IOException {
        if (file == null) {
            return new LocalLogHead(-1, null, 0, null);
        }
        AtomicReference<LogReader.@Nullable Entry> last = new AtomicReference<>();
        AtomicReference<@Nullable ChainHead> unsigned = new AtomicReference<>();
        Optional<String> store = StoreCheck.storeIdOf(keyFolder);
        LogReader.backwards(file, entry -> {
            last.compareAndSet(null, entry);
            unsigned.compareAndSet(null, checkpoint(entry.payload()));
            return unsigned.get() == null && store.isEmpty();
        });
        LogReader.Entry end = last.get();
        ChainHead head = store.isPresent()
                ? StoreCheck.newestSigned(file, store.get(), CHAIN).orElse(null)
                : unsigned.get();
        return new LocalLogHead(
                end == null ? -1 : end.index(),
                end == null ? null : end.chainHash(),
                head == null ? 0 : head.seq(),
                head == null ? null : head.hash());
    }

    private static @Nullable ChainHead checkpoint(Map<String, @Nullable Object> payload) {
        return "stigmem.fact_chain_checkpoint".equals(payload.get("kind"))
                        && NodeIdentity.TENANT.equals(payload.get("tenant_id"))
                        && payload.get("covered_chain_seq") instanceof Long covered
                        && payload.get("chain_hash") instanceof String hash
                ? new ChainHead(CHAIN, covered, hash)
                : null;
    }

    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("index", index);
        members.put("chain_hash", chainHash);
        return members;
    }
}
