package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Whether the trees that a service shows now continue the one that it showed before, so that no entry of it is gone. A service splits its
 * log into shards: one tree grows, those before it are closed. Sentences name no number that changes while the log grows, because an
 * owner's acceptance of a loss is for one sentence.
 */
final class RekorTrees {
    private final RekorClient client;
    private final RekorKeys keys;
    private final CheckpointFile remembered;

    RekorTrees(RekorClient client, RekorKeys keys, CheckpointFile remembered) {
        this.client = client;
        this.keys = keys;
        this.remembered = remembered;
    }

    /** @param shown the tree of an entry, verified @return the end of a sentence about the log, or null */
    @Nullable
    String fault(RekorCheckpoint shown) throws LogUnavailable {
        RekorCheckpoint before = remembered.read();
        if (before == null) {
            remembered.write(shown);
            return null;
        }
        if (before.isOfTheTreeOf(shown)) {
            return continues(before, shown);
        }
        List<RekorCheckpoint> trees = trees(client.trees());
        for (RekorCheckpoint tree : trees) {
            if (tree.isOfTheTreeOf(before)) {
                String fault = continues(before, tree);
                if (fault == null && trees.getFirst() != tree) {
                    remembered.write(trees.getFirst());
                }
                return fault;
            }
        }
        return "shows no tree " + before.origin() + " any more, which it showed before";
    }

    private @Nullable String continues(RekorCheckpoint before, RekorCheckpoint now) throws LogUnavailable {
        boolean grew = now.size() > before.size();
        JsonNode proof = grew ? client.consistency(before, now) : JsonNodeFactory.instance.objectNode();
        if (!RekorProof.isContinued(before, now, proof)) {
            return "was rolled back or rewritten: what it shows does not begin with the " + before.size()
                    + " entries of " + before.origin() + " that it showed before";
        }
        if (grew) {
            remembered.write(now);
        }
        return null;
    }

    /** The active one first. What no key signed is left out. */
    private List<RekorCheckpoint> trees(JsonNode answer) {
        List<RekorCheckpoint> trees = new ArrayList<>();
        add(answer, trees);
        answer.path("inactiveShards").forEach(shard -> add(shard, trees));
        return trees;
    }

    private void add(JsonNode tree, List<RekorCheckpoint> into) {
        RekorCheckpoint head = RekorCheckpoint.parse(tree.path("signedTreeHead").stringValue(""));
        if (head != null && (!keys.areKnown() || head.isSignedBy(keys))) {
            into.add(head);
        }
    }
}
