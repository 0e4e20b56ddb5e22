package bulwark.facts.snapshot;

import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.signing.Signing;
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
    private static final LocalLogHead NONE = new LocalLogHead(-1, null, 0, null);

    /**
     * Torn lines are passed over wherever they stand; the log's own integrity is {@code fsck}'s matter.
     *
     * @param keyFolder of the store that is asked about: only what its log keys signed counts. Where it signed nothing yet, the newest checkpoint
     *     without a signature counts, as versions before signatures left it
     * @throws SnapshotRefused when the log names the store and none of that is signed by it
     */
    static LocalLogHead ofStore(@Nullable Path file, Path keyFolder, Signing signing) throws IOException {
        if (file == null) {
            return NONE;
        }
        Optional<String> store = StoreCheck.storeIdOf(keyFolder);
        if (store.isEmpty()) {
            return end(file);
        }
        LocalLogHead end = end(file);
        ChainHead head = signed(file, store.get(), keyFolder, signing);
        return new LocalLogHead(
                end.index, end.chainHash, head == null ? 0 : head.seq(), head == null ? null : head.hash());
    }

    /** The end of the log, and the newest checkpoint without a signature. Torn lines are passed over. */
    static LocalLogHead end(@Nullable Path file) throws IOException {
        if (file == null) {
            return NONE;
        }
        AtomicReference<LogReader.@Nullable Entry> last = new AtomicReference<>();
        AtomicReference<@Nullable ChainHead> unsigned = new AtomicReference<>();
        LogReader.backwards(file, entry -> {
            last.compareAndSet(null, entry);
            unsigned.compareAndSet(null, checkpoint(entry.payload()));
            return unsigned.get() == null;
        });
        LogReader.Entry end = last.get();
        ChainHead head = unsigned.get();
        return new LocalLogHead(
                end == null ? -1 : end.index(),
                end == null ? null : end.chainHash(),
                head == null ? 0 : head.seq(),
                head == null ? null : head.hash());
    }

    private static @Nullable ChainHead signed(Path file, String storeId, Path keyFolder, Signing signing)
            throws IOException {
        StoreCheck.LoggedHead logged =
                StoreCheck.newestSigned(file, storeId, CHAIN, LogKeys.verifyOnly(keyFolder, signing));
        if (logged.onlyClaimed()) {
            throw new SnapshotRefused(
                    "The transparency log " + file + " names this store, but no key in " + keyFolder
                            + " signed any of that: log or key folder is not the store's own. Restore both from one backup first.");
        }
        return logged.head().orElse(null);
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
