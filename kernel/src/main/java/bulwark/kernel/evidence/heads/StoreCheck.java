package bulwark.kernel.evidence.heads;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sets a store against what vouches for it: the signed leaves in its log, the newest signed heads in the key folder and in the second
 * place. No verdict is read from the store itself, and nothing is written or created. The transaction must see what is committed at
 * each statement, so that a store in use can be checked. One instance for each check.
 */
public final class StoreCheck {
    private final EvidenceScope scope;
    private final LogKeys keys;
    private final ReadTx tx;
    private final List<String> problems = new ArrayList<>();
    private final List<String> passing = new ArrayList<>();
    private final List<HeadFile.Content> outside = new ArrayList<>();
    private @Nullable String folderId;
    private @Nullable String storeId;

    private StoreCheck(EvidenceScope scope, LogKeys keys, ReadTx tx) {
        this.scope = scope;
        this.keys = keys;
        this.tx = tx;
    }

    /**
     * Everything, for {@code fsck} and the re-scan: each signed leaf of the store against its rows, each claim of the store against the
     * log. Reads the whole log.
     *
     * @return sentences, empty when store, log, key folder and second place agree
     */
    public static List<String> whole(EvidenceScope scope, LogKeys keys, ReadTx tx) throws SQLException {
        return new StoreCheck(scope, keys, tx).run(true).problems();
    }

    /** As {@link #whole(EvidenceScope, LogKeys, ReadTx)}, with the public log keys that lie in the key folder. */
    public static List<String> whole(EvidenceScope scope, Signing signing, ReadTx tx) throws SQLException {
        return whole(scope, LogKeys.verifyOnly(scope.keyFolder(), signing), tx);
    }

    /** The id of the store that a key folder belongs to; empty without a folder or before the store's first start. */
    public static Optional<String> storeIdOf(@Nullable Path keyFolder) throws IOException {
        return keyFolder == null ? Optional.empty() : StoreId.inFolder(keyFolder);
    }

    /**
     * What a local log says of a table.
     *
     * @param head the newest one that a log key of the store signed
     * @param onlyClaimed leaves name the store, and none of them bears such a signature
     */
    public record LoggedHead(Optional<ChainHead> head, boolean onlyClaimed) {}

    /** The newest head of a table that this store signed into a local log. Leaves that only name the store are passed over: whoever can write the log can add them. */
    public static LoggedHead newestSigned(Path log, String storeId, String table, LogKeys keys) throws IOException {
        AtomicReference<@Nullable SignedHeads> signed = new AtomicReference<>();
        AtomicBoolean claimed = new AtomicBoolean();
        LogReader.backwards(log, entry -> {
            if (storeId.equals(SignedHeads.storeIdIn(entry.payload()))) {
                claimed.set(true);
                SignedHeads heads = SignedHeads.parse(entry.payload());
                if (heads != null && heads.fault(keys) == null) {
                    signed.set(heads);
                }
            }
            return signed.get() == null;
        });
        SignedHeads heads = signed.get();
        return new LoggedHead(
                Optional.ofNullable(heads == null ? null : heads.heads().get(table)), heads == null && claimed.get());
    }

    /**
     * @param passing those of the problems that are of a disk which could not be read: they may be none a moment later
     * @param folderId store id in the key folder
     * @param storeId store id in the store
     * @param newest the newest signed heads that were found anywhere
     * @param begun whether anything vouches for this store yet
     * @param broken claims that do not hold; complete in a whole check only
     */
    public record Report(
            List<String> problems,
            List<String> passing,
            @Nullable String folderId,
            @Nullable String storeId,
            @Nullable SignedHeads newest,
            boolean begun,
            List<LogClaims.Claim> broken) {
        /** With what else was found, which lasts. */
        public Report and(List<String> more) {
            List<String> all = Stream.concat(problems.stream(), more.stream()).toList();
            return new Report(all, passing, folderId, storeId, newest, begun, broken);
        }

        /** The problems that reading again does not mend. */
        public List<String> lasting() {
            return problems.stream()
                    .filter(problem -> !passing.contains(problem))
                    .toList();
        }
    }

    /** @param whole false: only back to the oldest leaf that the key folder, the second place or the store's position names */
    public static Report report(EvidenceScope scope, LogKeys keys, ReadTx tx, boolean whole) throws SQLException {
        return new StoreCheck(scope, keys, tx).run(whole);
    }

    /** The order matters beside a running node: what is written last is read first, and the rows are read after the log. */
    private Report run(boolean whole) throws SQLException {
        try {
            folderId = StoreId.inFolder(scope.keyFolder()).orElse(null);
            storeId = StoreId.inStore(tx, folderId).orElse(null);
            List<LogClaims.Claim> claims = new ArrayList<>();
            LogClaims position = EvidenceScope.position(tx, folderId);
            for (LogClaims each : whole ? scope.allClaims(position) : List.of(position)) {
                each.collect(tx, claims);
            }
            outside(scope.keyFolderHead());
            HeadFile second = scope.secondHead();
            if (second != null) {
                outside(second);
            }
            boolean begun = !outside.isEmpty();
            SignedHeads newest = null;
            List<LogClaims.Claim> broken = List.of();
            ConfiguredPath log = scope.localLog();
            if (log != null) {
                StoreLeaves leaves = leaves(log, whole, claims);
                problems.addAll(leaves.problems());
                newest = leaves.newest();
                broken = leaves.broken();
                begun |= leaves.any();
            }
            compareIds(begun);
            newest = compareNewest(newest);
            return new Report(List.copyOf(problems), List.copyOf(passing), folderId, storeId, newest, begun, broken);
        } catch (IOException e) {
            String unreadable = "what vouches for the store cannot be read: " + e.getMessage();
            problems.add(unreadable);
            passing.add(unreadable);
            return new Report(List.copyOf(problems), List.copyOf(passing), folderId, storeId, null, true, List.of());
        }
    }

    private StoreLeaves leaves(ConfiguredPath log, boolean whole, List<LogClaims.Claim> claims)
            throws IOException, SQLException {
        try {
            StoreLeaves leaves = new StoreLeaves(log.path(), scope, keys, tx, folderId, outside, claims);
            leaves.read(whole);
            return leaves;
        } catch (IOException e) {
            throw new IOException("the transparency log " + log + ": " + e.getMessage(), e);
        }
    }

    private void outside(HeadFile file) {
        HeadFile.Read read = file.read();
        HeadFile.Content content = read.content();
        if (read.problem() != null) {
            problems.add(read.problem());
            if (read.passing()) {
                passing.add(read.problem());
            }
        } else if (content != null) {
            String fault = content.heads().fault(keys);
            if (fault != null) {
                problems.add(file.path() + " " + fault);
            } else if (!content.heads().storeId().equals(folderId)) {
                problems.add(file.path() + " speaks of " + content.heads().storeId() + ", and the key folder "
                        + scope.keyFolder() + " of " + (folderId == null ? "no store" : folderId)
                        + ": restore what belongs together, or name another file");
            } else {
                outside.add(content);
            }
        }
    }

    private void compareIds(boolean begun) {
        if (folderId == null && storeId != null) {
            problems.add("the store says that it is " + storeId + ", and the key folder " + scope.keyFolder()
                    + " knows no store: restore the key folder that belongs to it");
        } else if (folderId != null && storeId == null && begun) {
            problems.add("the key folder " + scope.keyFolder() + " belongs to " + folderId
                    + ", and another store or an empty one lies in its place: restore the store");
        } else if (folderId != null && storeId != null && !folderId.equals(storeId)) {
            problems.add("the key folder " + scope.keyFolder() + " belongs to " + folderId
                    + ", and the store says that it is " + storeId + ": restore what belongs together");
        }
    }

    /** The newest of all must match the rows; what the log no longer holds was left in {@code outside}. */
    private @Nullable SignedHeads compareNewest(@Nullable SignedHeads inLog) throws SQLException {
        SignedHeads newest = inLog;
        for (HeadFile.Content content : outside) {
            SignedHeads named = content.heads();
            if (scope.localLog() != null) {
                String sentence = "the transparency log " + scope.localLog() + " does not hold leaf " + named.number()
                        + " of this store, which was signed and written into it; its newest one is "
                        + (inLog == null ? "none" : inLog.number())
                        + ": the log was cut, replaced or deleted, restore it";
                if (!problems.contains(sentence)) {
                    problems.add(sentence);
                }
            } else {
                compareRows(named);
            }
            newest = newest == null || named.number() > newest.number() ? named : newest;
        }
        if (newest != null) {
            String fault = newest.endFault(keys);
            if (fault != null) {
                problems.add("leaf " + newest.number() + " of this store, the newest one, " + fault);
            }
            compareRows(newest);
        }
        return newest;
    }

    private void compareRows(SignedHeads heads) throws SQLException {
        for (HashChain chain : scope.chains()) {
            ChainHead head = heads.heads().get(chain.table());
            String wrong = head == null ? null : chain.compare(tx, head);
            if (wrong != null && !problems.contains(wrong)) {
                problems.add(wrong);
            }
        }
    }
}
