package bulwark.doctor.memory;

import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TreeProof;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tree of a log with the tree that this doctor cosigned before, as a witness of C2SP does: it must be of the same log, and begin with all of the earlier one. Stateless.
 */
public final class TreeWitness {
    private TreeWitness() {}

    /** Records of a cosigned checkpoint. @param before a note, or null at the first visit @throws IOException when it is none */
    public static long size(@Nullable String before) throws IOException {
        return before == null ? 0 : tree(before).size();
    }

    /**
     * @param before the note of the last visit, or null at the first
     * @param now the tree that the log signed just now
     * @param consistency the log's proof for {@link #size} records, or null where it says that it has fewer
     * @return a sentence where the log is not what it was
     * @throws IOException when the remembered note is none
     */
    public static Optional<String> contradiction(
            @Nullable String before, TlogCheckpoint now, @Nullable List<byte[]> consistency) throws IOException {
        if (before == null) {
            return Optional.empty();
        }
        TlogCheckpoint earlier = tree(before);
        if (!earlier.origin().equals(now.origin())) {
            return Optional.of(
                    "another log stands in its place: it was " + earlier.origin() + ", and is " + now.origin());
        }
        if (consistency == null || now.size() < earlier.size()) {
            return Optional.of("the log signed a tree of " + earlier.size() + " records before, and one of "
                    + now.size() + " now: records were cut, or it was rolled back");
        }
        return TreeProof.isConsistent(earlier.size(), earlier.root(), now.size(), now.root(), consistency)
                ? Optional.empty()
                : Optional.of("the log signed two trees of which neither begins with the other, of " + earlier.size()
                        + " and of " + now.size() + " records: it was forked");
    }

    private static TlogCheckpoint tree(String note) throws IOException {
        try {
            return TlogCheckpoint.parse(SignedNote.parse(note).text());
        } catch (NoteRefused e) {
            throw new IOException("the checkpoint in the doctor's memory cannot be read: " + e.getMessage(), e);
        }
    }
}
