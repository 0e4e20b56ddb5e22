package bulwark.kernel.evidence.signer;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HeadFile;
import bulwark.kernel.evidence.heads.LogKeyChange;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs a leaf after the newest one of a store and puts it first into the log and then into what remembers it: the key folder, the second
 * place, the store. A crash between the two leaves a log that is ahead, never one that lacks a leaf. One caller at a time; the newest
 * heads can be read meanwhile.
 */
final class HeadPublisher {
    private final Store store;
    private final TransparencyLog log;
    private final EvidenceScope scope;
    private final LogKeys keys;
    private final Clock clock;
    private final String storeId;
    private volatile @Nullable SignedHeads newest;
    private @Nullable String origin;
    /** What stands in the log and not yet in every other place. */
    private HeadFile.@Nullable Content unkept;

    /** @param origin what the next leaf is to say, or null when the store has begun */
    HeadPublisher(
            Store store,
            TransparencyLog log,
            EvidenceScope scope,
            LogKeys keys,
            Clock clock,
            String storeId,
            @Nullable SignedHeads newest,
            @Nullable String origin) {
        this.store = store;
        this.log = log;
        this.scope = scope;
        this.keys = keys;
        this.clock = clock;
        this.storeId = storeId;
        this.newest = newest;
        this.origin = origin;
    }

    String storeId() {
        return storeId;
    }

    /** Null before the first leaf. */
    @Nullable
    SignedHeads newest() {
        return newest;
    }

    /** Whether the newest leaf names these heads under the present key, and the store has begun. */
    boolean isPublished(List<ChainHead> heads) {
        SignedHeads before = newest;
        return before != null
                && origin == null
                && before.signature().keyId().equals(keys.current().id())
                && heads.stream().allMatch(head -> head.equals(before.heads().get(head.table())));
    }

    /** @param lost what the owner gave up, one sentence each */
    void publish(List<ChainHead> heads, List<String> lost) throws LogUnavailable, IOException {
        keep(append(SignedHeads.sign(keys, origin, storeId, newest, heads, lost, now())));
    }

    /** Signs the newest heads once more together with a change of the log key, into the log alone. @return for {@link #keep} */
    HeadFile.Content append(SignedHeads before, LogKeyChange change) throws LogUnavailable {
        return append(SignedHeads.sign(keys, before, List.copyOf(before.heads().values()), change, now()));
    }

    private HeadFile.Content append(SignedHeads signed) throws LogUnavailable {
        Long index = null;
        if (!log.backend().equals("off")) {
            index = log.append(leaf(signed)).logIndex();
        }
        newest = signed;
        origin = null;
        return new HeadFile.Content(signed, index);
    }

    /** Writes a leaf of the log into what remembers it; after a failure {@link #keepAgain} repeats it. */
    void keep(HeadFile.Content content) throws IOException {
        unkept = content;
        scope.keyFolderHead().write(content);
        HeadFile second = scope.secondHead();
        if (second != null) {
            second.write(content);
        }
        if (scope.localLog() != null && content.logIndex() != null) {
            remember(content.heads(), content.logIndex());
        }
        unkept = null;
    }

    /** Does nothing when the last leaf is kept in every place. */
    void keepAgain() throws IOException {
        HeadFile.Content again = unkept;
        if (again != null) {
            keep(again);
        }
    }

    /** Signs the tree of the log as far as it has grown. */
    void publishCheckpoint() throws LogUnavailable {
        log.publishCheckpoint(keys.checkpointKeys());
    }

    /** As {@link HeadReadBack#finding}. */
    @Nullable
    String readBack() throws LogUnavailable {
        return HeadReadBack.finding(log, scope);
    }

    private static LogLeaf leaf(SignedHeads signed) {
        return new LogLeaf(signed.payload(), "heads:" + signed.leafHash());
    }

    private void remember(SignedHeads signed, long index) {
        store.write(tx -> {
            // Where several processes write, each has a row of its own.
            String key = tx.isShared() ? "store_id" : "one";
            PreparedStatement update = tx.statement("INSERT INTO log_position (number, log_index, leaf_hash, " + key
                    + ") VALUES (?, ?, ?, " + (tx.isShared() ? "?" : "1") + ") ON CONFLICT (" + key
                    + ") DO UPDATE SET number = excluded.number,"
                    + " log_index = excluded.log_index, leaf_hash = excluded.leaf_hash");
            update.setLong(1, signed.number());
            update.setLong(2, index);
            update.setString(3, signed.leafHash());
            if (tx.isShared()) {
                update.setString(4, storeId);
            }
            return update.executeUpdate();
        });
    }

    private String now() {
        return Timestamps.offset(clock.instant());
    }
}
