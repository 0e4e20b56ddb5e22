package bulwark.kernel.evidence.tlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That a leaf stands in a log, to be verified without asking anybody; the content of a {@code .tlog-proof}. Source of the form: C2SP
 * tlog-proof. Says nothing until checkpoint and path are verified: {@link #proves}, and a {@link TlogPolicy} for the signatures.
 *
 * @param extra of the application, which nothing vouches for; empty for none
 * @param path hashes of 32 bytes, the one beside the leaf first
 */
@SuppressWarnings("ArrayRecordComponent")
public record TlogProof(byte[] extra, long index, List<byte[]> path, SignedNote note, TlogCheckpoint checkpoint) {
    private static final String HEADER = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";
    private static final int MAX_CHARACTERS = 1 << 21;

    public TlogProof {
        extra = extra.clone();
        path = path.stream().map(byte[]::clone).toList();
    }

    public TlogProof(long index, List<byte[]> path, SignedNote note, TlogCheckpoint checkpoint) {
        this(new byte[0], index, path, note, checkpoint);
    }

    /** @throws NoteRefused with what is wrong */
    public static TlogProof parse(String text) throws NoteRefused {
        int end = text.indexOf("\n\n");
        if (end < 0 || text.length() > MAX_CHARACTERS) {
            throw new NoteRefused("the proof has no checkpoint behind an empty line, or is larger than 2 MiB");
        }
        List<String> lines =
                new ArrayList<>(Arrays.asList(text.substring(0, end).split("\n", -1)));
        if (!lines.removeFirst().equals(HEADER)) {
            throw new NoteRefused("the first line of the proof is not " + HEADER);
        }
        byte[] extra = {};
        if (!lines.isEmpty() && lines.getFirst().startsWith(EXTRA)) {
            byte[] given = StrictBase64.bytes(lines.removeFirst().substring(EXTRA.length()));
            if (given == null || given.length == 0) {
                throw new NoteRefused("the extra data of the proof is empty or not base64");
            }
            extra = given;
        }
        if (lines.isEmpty() || !lines.getFirst().startsWith(INDEX)) {
            throw new NoteRefused("the proof does not name an index");
        }
        long index = TlogCheckpoint.decimal(lines.removeFirst().substring(INDEX.length()), "the index of the proof");
        SignedNote note = SignedNote.parse(text.substring(end + 2));
        return new TlogProof(extra, index, hashes(lines), note, TlogCheckpoint.parse(note.text()));
    }

    private static List<byte[]> hashes(List<String> lines) throws NoteRefused {
        if (lines.size() > TreeProof.MAX_HASHES) {
            throw new NoteRefused("the path of the proof is longer than any tree is high");
        }
        List<byte[]> path = new ArrayList<>();
        for (String line : lines) {
            byte[] hash = StrictBase64.hash(line);
            if (hash == null) {
                throw new NoteRefused("a line of the proof's path is not the base64 of 32 bytes");
            }
            path.add(hash);
        }
        return path;
    }

    /** Whether the path leads from this leaf to the root of the checkpoint. @param data the leaf itself, not its hash */
    public boolean proves(byte[] data) {
        return TreeProof.includes(TreeHash.leaf(data), index, checkpoint.size(), path, checkpoint.root());
    }

    /** With its last line feed. */
    public String text() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        if (extra.length > 0) {
            text.append(EXTRA).append(StrictBase64.text(extra)).append('\n');
        }
        text.append(INDEX).append(index).append('\n');
        path.forEach(hash -> text.append(StrictBase64.text(hash)).append('\n'));
        return text.append('\n').append(note.note()).toString();
    }
}
