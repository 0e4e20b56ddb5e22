package bulwark.kernel.evidence.tlog;

import java.util.Arrays;
import java.util.List;

/**
 * Size and root of a log's tree, the text that a log signs. Source of the form: C2SP tlog-checkpoint.
 *
 * @param origin names the log
 * @param root 32 bytes
 * @param extensions further lines, which mean nothing to this program
 */
@SuppressWarnings("ArrayRecordComponent")
public record TlogCheckpoint(String origin, long size, byte[] root, List<String> extensions) {
    public TlogCheckpoint {
        root = root.clone();
        extensions = List.copyOf(extensions);
    }

    public TlogCheckpoint(String origin, long size, byte[] root) {
        this(origin, size, root, List.of());
    }

    /** A copy. */
    @Override
    public byte[] root() {
        return root.clone();
    }

    public boolean hasRoot(byte[] other) {
        return Arrays.equals(root, other);
    }

    /** @param text of a note, with its last line feed @throws NoteRefused with what is wrong */
    public static TlogCheckpoint parse(String text) throws NoteRefused {
        if (!text.endsWith("\n")) {
            throw new NoteRefused("the checkpoint does not end with a line feed");
        }
        List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
        if (lines.size() < 3 || lines.contains("")) {
            throw new NoteRefused("the checkpoint has fewer than three lines, or an empty one");
        }
        long size = decimal(lines.get(1), "the size of the tree");
        byte[] root = StrictBase64.hash(lines.get(2));
        if (root == null) {
            throw new NoteRefused("the root in the checkpoint is not the base64 of 32 bytes");
        }
        if (size == 0 && !Arrays.equals(root, TreeHash.empty())) {
            throw new NoteRefused("the checkpoint names another root of an empty tree than there is");
        }
        return new TlogCheckpoint(lines.getFirst(), size, root, lines.subList(3, lines.size()));
    }

    /** ASCII digits without leading zeros. */
    static long decimal(String text, String what) throws NoteRefused {
        try {
            if (text.matches("0|[1-9][0-9]{0,18}")) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException beyond) {
            throw new NoteRefused(what + " is beyond 63 bits");
        }
        throw new NoteRefused(what + " is not a decimal number");
    }

    /** What is signed. */
    public String text() {
        StringBuilder text = new StringBuilder(origin)
                .append('\n')
                .append(size)
                .append('\n')
                .append(StrictBase64.text(root))
                .append('\n');
        extensions.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
