package bulwark.kernel.evidence.log;

import bulwark.kernel.signing.Digests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Inclusion proofs as Rekor answers them: RFC 9162, section 2.1.3.2, with hashes in lower-case hex. */
final class RekorProof {
    private static final int MAX_HASHES = 64;

    private RekorProof() {}

    /**
     * Whether the entry lies in the tree whose root the proof names. The root is believed as the service says it.
     *
     * @param body base64 of what the service keeps
     */
    static boolean proves(String body, JsonNode proof) {
        try {
            List<byte[]> path = new ArrayList<>();
            for (JsonNode hash : proof.path("hashes")) {
                path.add(HexFormat.of().parseHex(hash.stringValue("")));
            }
            long index = proof.path("logIndex").longValue(-1);
            long size = proof.path("treeSize").longValue(-1);
            byte[] root = HexFormat.of().parseHex(proof.path("rootHash").stringValue(""));
            byte[] leaf = hash(0, Base64.getDecoder().decode(body), new byte[0]);
            return index >= 0
                    && index < size
                    && path.size() <= MAX_HASHES
                    && Arrays.equals(root, root(leaf, index, size, path));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Empty when the path has another length than the tree has. */
    private static byte[] root(byte[] leaf, long index, long size, List<byte[]> path) {
        long place = index;
        long last = size - 1;
        byte[] node = leaf;
        for (byte[] neighbour : path) {
            if (last == 0) {
                return new byte[0];
            }
            if ((place & 1) == 1 || place == last) {
                node = hash(1, neighbour, node);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                node = hash(1, node, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 ? node : new byte[0];
    }

    private static byte[] hash(int prefix, byte[] left, byte[] right) {
        byte[] all = new byte[1 + left.length + right.length];
        all[0] = (byte) prefix;
        System.arraycopy(left, 0, all, 1, left.length);
        System.arraycopy(right, 0, all, 1 + left.length, right.length);
        return Digests.sha256(all);
    }
}
