package bulwark.kernel.evidence.heads;

import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.storage.ReadTx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of one store in a local log, verified; those of others are passed over. Takes from {@code outside} what it finds in the
 * log. One instance for each check.
 */
final class StoreLeaves {
    private static final int MAX_PROBLEMS = 50;

    private final Path log;
    private final EvidenceScope scope;
    private final LogKeys keys;
    private final ReadTx tx;
    private final @Nullable String storeId;
    private final List<HeadFile.Content> outside;
    private final Map<Long, List<LogClaims.Claim>> open = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private @Nullable SignedHeads newest;
    private @Nullable SignedHeads later;
    /** Reading backwards: the owner gave up what still comes. */
    private boolean givenUp;

    private @Nullable SQLException failure;
    private boolean any;

    StoreLeaves(
            Path log,
            EvidenceScope scope,
            LogKeys keys,
            ReadTx tx,
            @Nullable String storeId,
            List<HeadFile.Content> outside,
            List<LogClaims.Claim> claims) {
        this.log = log;
        this.scope = scope;
        this.keys = keys;
        this.tx = tx;
        this.storeId = storeId;
        this.outside = outside;
        claims.forEach(claim -> open.computeIfAbsent(claim.logIndex(), index -> new ArrayList<>())
                .add(claim));
    }

    void read(boolean whole) throws IOException, SQLException {
        if (whole) {
            LogReader.forwards(log, this::forwards);
        } else {
            LogReader.backwards(log, this::backwards);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What the log itself shows, and the claims of the store that it does not bear out. */
    List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        broken().stream().limit(MAX_PROBLEMS).map(LogClaims.Claim::sentence).forEach(all::add);
        return all;
    }

    List<LogClaims.Claim> broken() {
        return open.values().stream().flatMap(List::stream).toList();
    }

    @Nullable
    SignedHeads newest() {
        return newest;
    }

    /** Whether any leaf bears the store's id, verified or not. */
    boolean any() {
        return any;
    }

    private boolean backwards(LogReader.Entry entry) {
        settle(entry);
        SignedHeads leaf = own(entry);
        if (leaf != null) {
            SignedHeads next = later;
            later = leaf;
            if (next == null) {
                newest = leaf;
            } else if (!givenUp) {
                String misplaced = misplaced(leaf, next);
                if (misplaced != null) {
                    problem(misplaced);
                } else {
                    givenUp = next.acceptsLoss();
                }
            }
            meet(leaf);
        }
        SignedHeads end = newest;
        boolean named = outside.stream()
                .anyMatch(content -> end != null && content.heads().number() <= end.number());
        return end == null || named || !open.isEmpty();
    }

    private boolean forwards(LogReader.Entry entry) {
        settle(entry);
        SignedHeads leaf = own(entry);
        if (leaf != null) {
            try {
                follow(leaf);
            } catch (SQLException e) {
                failure = e;
                return false;
            }
        }
        return true;
    }

    private void follow(SignedHeads leaf) throws SQLException {
        SignedHeads last = newest;
        String misplaced = last == null ? null : misplaced(last, leaf);
        if (misplaced != null) {
            problem(misplaced);
            return;
        }
        newest = leaf;
        if (leaf.acceptsLoss()) {
            // What came before it is what the owner gave up.
            problems.clear();
        } else if (last == null ? leaf.number() != 0 : !last.leafHash().equals(leaf.previous())) {
            problem("leaf " + leaf.number() + " of this store in " + log
                    + " does not follow the one before it: leaves were taken away or put there");
        }
        meet(leaf);
        for (HashChain chain : scope.chains()) {
            ChainHead head = leaf.heads().get(chain.table());
            String wrong = head == null ? null : chain.compare(tx, head);
            if (wrong != null) {
                problem("leaf " + leaf.number() + " of the transparency log: " + wrong);
            }
        }
    }

    /** A leaf's place among the others says when it was signed, more surely than its date; null when its key signed then. */
    private @Nullable String misplaced(SignedHeads before, SignedHeads leaf) {
        String inForce = before.keyInForce();
        String signer = leaf.signature().keyId();
        // Whoever accepted the loss of the newer keys signs with an older one.
        boolean keysLost = leaf.acceptsLoss() && !keys.holds(inForce);
        return signer.equals(inForce) || keysLost
                ? null
                : "leaf " + leaf.number() + " of this store in " + log + " is signed by the log key " + signer
                        + ", and at its place " + inForce + " signed";
    }

    private void meet(SignedHeads leaf) {
        outside.removeIf(content -> {
            SignedHeads named = content.heads();
            if (named.number() == leaf.number() && !named.leafHash().equals(leaf.leafHash())) {
                problem("the transparency log " + log + " holds another leaf " + leaf.number()
                        + " of this store than the one that was signed first");
            }
            return named.number() == leaf.number() || leaf.acceptsLoss() && supersedes(leaf, named);
        });
    }

    /** A key that was replaced gives up nothing that its successor signed. */
    private boolean supersedes(SignedHeads loss, SignedHeads named) {
        return named.number() < loss.number()
                && !keys.isOlder(loss.signature().keyId(), named.signature().keyId());
    }

    private void settle(LogReader.Entry entry) {
        List<LogClaims.Claim> here = open.get(entry.index());
        if (here != null) {
            here.removeIf(claim -> claim.leaf().equals(entry.payloadHash()));
            if (here.isEmpty()) {
                open.remove(entry.index());
            }
        }
    }

    private @Nullable SignedHeads own(LogReader.Entry entry) {
        String named = SignedHeads.storeIdIn(entry.payload());
        if (named == null || !named.equals(storeId)) {
            return null;
        }
        any = true;
        SignedHeads leaf = SignedHeads.parse(entry.payload());
        String fault = leaf == null ? "is malformed" : leaf.fault(keys);
        if (leaf == null || fault != null) {
            problem("the leaf at index " + entry.index() + " of " + log + " bears the id of this store and " + fault);
            return null;
        }
        LogKeyChange change = leaf.change();
        if (change != null && !change.introduces() && !keys.isDistrusted(change.keyId())) {
            problem("the leaf at index " + entry.index() + " of " + log + " distrusts the log key " + change.keyId()
                    + ", and the key folder does not: distrust it again");
        }
        return leaf;
    }

    private void problem(String sentence) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(sentence);
        }
    }
}
