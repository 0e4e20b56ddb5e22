package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks every segment of a journal and changes nothing: each record against the root of its batch, each batch against the one before, each segment against its neighbours, and where the journal
 * begins against what its retention signed. What the signed heads say of it is the matter of {@link JournalChain}. For one thread.
 */
public final class JournalCheck {
    private static final int MAX_PROBLEMS = 100;

    private final Path folder;
    private final List<String> problems = new ArrayList<>();
    private JournalBatch.@Nullable Header last;
    private SegmentReader.@Nullable Tail tail;

    private JournalCheck(Path folder) {
        this.folder = folder;
    }

    /** @return sentences, empty when the journal is whole; also beside the process that writes it */
    public static List<String> run(Path folder, LogKeys keys) throws IOException {
        JournalCheck check = new JournalCheck(folder);
        check.segments(keys);
        return check.problems;
    }

    private void segments(LogKeys keys) throws IOException {
        JournalStart.Read start = JournalStart.read(folder, keys);
        if (start.problem() != null) {
            problems.add(start.problem());
        }
        List<JournalSegment> segments = JournalSegment.in(folder);
        if (segments.isEmpty()) {
            return;
        }
        if (segments.getFirst().firstBatch() > start.start().firstBatch()) {
            problem(
                    segments.getFirst(),
                    "is the oldest segment, and batch " + start.start().firstBatch()
                            + " must be there: a segment was removed");
        }
        for (int i = 0; i < segments.size() && problems.size() < MAX_PROBLEMS; i++) {
            segment(segments.get(i), i == segments.size() - 1);
        }
    }

    private void segment(JournalSegment segment, boolean newest) throws IOException {
        try (SegmentReader reader = SegmentReader.open(segment)) {
            header(segment, reader.header());
            for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
                batch(segment, batch);
            }
            SegmentReader.Tail found = reader.tail();
            if (found.followedByBatch()) {
                problem(segment, "is damaged at byte " + reader.position() + ", and whole batches follow");
            }
            // The newest may be at work: half a batch at its end is the writer's.
            tail = newest ? null : found;
        } catch (StoreRefused damaged) {
            problems.add(damaged.getMessage());
            last = null;
            tail = null;
        }
    }

    private void header(JournalSegment segment, JournalSegment.Header header) {
        JournalBatch.Header before = last;
        if (before != null
                && (header.firstBatch() != before.number() + 1
                        || header.firstRecord() != before.lastRecord() + 1
                        || !Arrays.equals(header.previous(), before.hash()))) {
            problem(
                    segment,
                    "does not follow the segment before it, which ends with batch " + before.number()
                            + ": a segment was removed or changed");
        }
        SegmentReader.Tail behind = tail;
        if (behind != null
                && (behind.length() != header.tornLength() || !Arrays.equals(behind.digest(), header.tornDigest()))) {
            problem(
                    segment,
                    "does not account for the " + behind.length()
                            + " bytes behind the last batch of the segment before it: batches were cut or overwritten");
        }
        if (before == null && header.firstBatch() == 1 && header.firstRecord() != 1) {
            problem(segment, "does not begin with record 1");
        }
    }

    private void batch(JournalSegment segment, JournalBatch batch) {
        JournalBatch.Header header = batch.header();
        JournalBatch.Header before = last;
        if (before == null ? header.number() != segment.firstBatch() : header.number() != before.number() + 1) {
            problem(segment, "holds batch " + header.number() + " in the wrong place");
        } else if (before != null
                && (header.firstRecord() != before.lastRecord() + 1
                        || !Arrays.equals(header.previous(), before.hash()))) {
            problem(segment, "batch " + header.number() + " does not follow the one before it");
        }
        String fault = batch.fault();
        if (fault != null) {
            problem(segment, "batch " + header.number() + " " + fault);
        }
        last = header;
    }

    private void problem(JournalSegment segment, String sentence) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(segment.file() + ": " + sentence);
        }
    }
}
