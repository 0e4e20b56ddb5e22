package bulwark.kernel.evidence.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A tree as a Rekor service vouches for it: a signed note whose first lines are origin, number of entries and root hash in base64. After
 * an empty line each signature has a line of its own: a dash, a name, and base64 of four bytes of the key's id and the signature.
 * Source of the form: C2SP tlog-checkpoint and signed-note, with the key's hint as Rekor makes it (SHA-256 of the key in DER).
 *
 * @param origin name of the service and of one of its trees
 * @param root 32 bytes
 * @param note the whole text
 */
record RekorCheckpoint(String origin, long size, byte[] root, String note) {
    private static final String SIGNATURE = "\u2014 ";
    private static final int MAX_CHARACTERS = 1 << 16;
    private static final int HINT_BYTES = 4;

    /** Null when the text is no note of a tree; says nothing about its signatures. */
    static @Nullable RekorCheckpoint parse(String note) {
        int end = note.indexOf("\n\n");
        if (end < 0 || note.length() > MAX_CHARACTERS) {
            return null;
        }
        String[] lines = note.substring(0, end).split("\n", -1);
        try {
            if (lines.length < 3 || lines[0].isEmpty()) {
                return null;
            }
            byte[] root = Base64.getDecoder().decode(lines[2]);
            long size = Long.parseLong(lines[1]);
            return size < 0 || root.length != 32 ? null : new RekorCheckpoint(lines[0], size, root, note);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Whether one of these keys signed it. */
    boolean isSignedBy(RekorKeys keys) {
        int end = note.indexOf("\n\n") + 1;
        byte[] text = note.substring(0, end).getBytes(StandardCharsets.UTF_8);
        return note.substring(end + 1).lines().anyMatch(line -> isSignature(line, text, keys));
    }

    private static boolean isSignature(String line, byte[] text, RekorKeys keys) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(SIGNATURE) || space < SIGNATURE.length()) {
            return false;
        }
        try {
            byte[] value = Base64.getDecoder().decode(line.substring(space + 1));
            if (value.length <= HINT_BYTES) {
                return false;
            }
            String id = keys.idBeginningWith(HexFormat.of().formatHex(value, 0, HINT_BYTES));
            return id != null && keys.verify(id, text, Arrays.copyOfRange(value, HINT_BYTES, value.length));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** The digits behind the service's name in the origin, which its API takes as {@code treeID}; empty when there are none. */
    String treeId() {
        String last = origin.substring(origin.lastIndexOf(' ') + 1);
        return last.matches("[0-9]{1,20}") ? last : "";
    }

    boolean isOfTheTreeOf(RekorCheckpoint other) {
        return origin.equals(other.origin);
    }

    boolean hasRoot(byte[] other) {
        return Arrays.equals(root, other);
    }
}
