package bulwark.kernel.evidence.log;

import bulwark.kernel.signing.Digests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Proofs as Rekor answers them, with hashes in lower-case hex: of inclusion (RFC 9162 §2.1.3.2) and of consistency (§2.1.4.2). */
final class RekorProof {
    private static final int MAX_HASHES = 128;

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
            byte[] leaf = hash(0, Base64.getDecoder().decode(body), new byte[0]);
            return index >= 0 && index < size && Arrays.equals(root, root(leaf, index, size, path));
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
            return earlier.size() == 0 || leadsToBoth(earlier, later, hashes(proof));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean leadsToBoth(RekorCheckpoint earlier, RekorCheckpoint later, List<byte[]> hashes) {
        List<byte[]> path = new ArrayList<>(hashes);
        if (Long.bitCount(earlier.size()) == 1) {
            path.addFirst(earlier.root());
        }
        if (path.isEmpty()) {
            return false;
        }
        long place = earlier.size() - 1;
        long last = later.size() - 1;
        while ((place & 1) == 1) {
            place >>= 1;
            last >>= 1;
        }
        byte[] first = path.getFirst();
        byte[] second = path.getFirst();
        for (byte[] neighbour : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                first = hash(1, neighbour, first);
                second = hash(1, neighbour, second);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                second = hash(1, second, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && earlier.hasRoot(first) && later.hasRoot(second);
    }

    private static List<byte[]> hashes(JsonNode proof) {
        List<byte[]> path = new ArrayList<>();
        for (JsonNode hash : proof.path("hashes")) {
            path.add(HexFormat.of().parseHex(hash.stringValue("")));
        }
        if (path.size() > MAX_HASHES) {
            throw new IllegalArgumentException("no tree is so high");
        }
        return path;
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
