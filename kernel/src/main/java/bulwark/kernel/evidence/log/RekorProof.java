package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.TreeHash;
import bulwark.kernel.evidence.tlog.TreeProof;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Proofs as Rekor answers them, with hashes in lower-case hex: of inclusion (RFC 9162 §2.1.3.2) and of consistency (§2.1.4.2). */
final class RekorProof {
    private RekorProof() {}

    /**
     * Whether the entry lies in the tree whose root the proof names. The root is believed as the service says it.
     *
     * @param body base64 of what the service keeps
     */
    static boolean proves(String body, JsonNode proof) {
        try {
            List<byte[]> path = hashes(proof);
            long index = proof.path("logIndex").longValue(-1);
            long size = proof.path("treeSize").longValue(-1);
            byte[] root = HexFormat.of().parseHex(proof.path("rootHash").stringValue(""));
            byte[] leaf = TreeHash.leaf(Base64.getDecoder().decode(body));
            return TreeProof.includes(leaf, index, size, path, root);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Whether an inclusion proof is for this tree. */
    static boolean isOf(JsonNode proof, RekorCheckpoint tree) {
        return proof.path("treeSize").longValue(-1) == tree.size()
                && HexFormat.of()
                        .formatHex(tree.root())
                        .equals(proof.path("rootHash").stringValue(""));
    }

    /** Whether the later tree begins with all entries of the earlier one. @param proof the service's answer, which is not looked at for trees of one size */
    static boolean isContinued(RekorCheckpoint earlier, RekorCheckpoint later, JsonNode proof) {
        if (earlier.size() == later.size()) {
            return earlier.hasRoot(later.root());
        }
        if (earlier.size() > later.size()) {
            return false;
        }
        try {
            return earlier.size() == 0
                    || TreeProof.isConsistent(
                            earlier.size(), earlier.root(), later.size(), later.root(), hashes(proof));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static List<byte[]> hashes(JsonNode proof) {
        List<byte[]> path = new ArrayList<>();
        for (JsonNode hash : proof.path("hashes")) {
            path.add(HexFormat.of().parseHex(hash.stringValue("")));
        }
        return path;
    }
}
