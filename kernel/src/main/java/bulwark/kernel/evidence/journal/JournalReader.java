package bulwark.kernel.evidence.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads the records of a journal, oldest first, also beside the process that writes it: a batch that is not whole yet is the end. Checks no hash and no signature: that is the matter of {@link
 * JournalCheck}. Thread-safe.
 */
public final class JournalReader {
    private final Path folder;

    public JournalReader(Path folder) {
        this.folder = folder;
    }

    /** Sees one record. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * @param number of the record, from 1
         * @param syncedAt when its batch was made
         * @return false to stop
         */
        boolean record(long number, Instant syncedAt, byte[] bytes);
    }

    /** Sees one batch; false stops. */
    @FunctionalInterface
    interface BatchVisitor {
        boolean batch(JournalBatch batch) throws IOException;
    }

    /** Everything that was synced at this time or later. */
    public void read(Instant since, Visitor visitor) throws IOException {
        long from = since.toEpochMilli();
        batches(since, visiting(from, visitor));
    }

    private static BatchVisitor visiting(long from, Visitor visitor) {
        return batch -> {
            JournalBatch.Header header = batch.header();
            if (header.millis() < from) {
                return true;
            }
            Instant at = Instant.ofEpochMilli(header.millis());
            long number = header.firstRecord();
            for (byte[] record : batch.records()) {
                if (!visitor.record(number++, at, record)) {
                    return false;
                }
            }
            return true;
        };
    }

    /**
     * As {@link #read(Instant, Visitor)}, of batches alone that may hold a record of this id: those that the index names, and those that are not in it yet. Other records are seen, too.
     *
     * @param id in the bytes that stand in the record
     */
    public void read(Instant since, byte[] id, Visitor visitor) throws IOException {
        Map<Long, List<IndexRun>> runs = IndexRun.in(folder).stream().collect(Collectors.groupingBy(IndexRun::segment));
        List<JournalSegment> segments = JournalSegment.in(folder);
        BatchVisitor each = visiting(since.toEpochMilli(), visitor);
        for (int i = firstOf(segments, since.toEpochMilli()); i < segments.size(); i++) {
            List<IndexRun> own = runs.getOrDefault(segments.get(i).firstBatch(), List.of());
            try {
                if (!visit(segments.get(i), own, id, each)) {
                    return;
                }
            } catch (NoSuchFileException removed) {
                continue;
            }
        }
    }

    /** One segment; opened only when something in it is to be read. @return false to stop */
    private static boolean visit(JournalSegment segment, List<IndexRun> runs, byte[] id, BatchVisitor visitor)
            throws IOException {
        SortedSet<Long> offsets = new TreeSet<>();
        long covered = JournalSegment.HEADER_BYTES;
        for (IndexRun run : runs) {
            if (run.start() == covered) {
                offsets.addAll(run.offsets(id));
                covered = run.end();
            }
        }
        if (offsets.isEmpty() && covered >= Files.size(segment.file())) {
            return true;
        }
        try (SegmentReader reader = SegmentReader.open(segment)) {
            for (long offset : offsets) {
                reader.seek(offset);
                JournalBatch batch = reader.next();
                if (batch != null && !visitor.batch(batch)) {
                    return false;
                }
            }
            reader.seek(covered);
            for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
                if (!visitor.batch(batch)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** All batches from the segment on that was begun last before this time. A segment that the retention removes meanwhile is passed over. */
    void batches(Instant since, BatchVisitor visitor) throws IOException {
        List<JournalSegment> segments = JournalSegment.in(folder);
        for (int i = firstOf(segments, since.toEpochMilli()); i < segments.size(); i++) {
            try (SegmentReader reader = SegmentReader.open(segments.get(i))) {
                for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    if (!visitor.batch(batch)) {
                        return;
                    }
                }
            } catch (NoSuchFileException removed) {
                continue;
            }
        }
    }

    private static int firstOf(List<JournalSegment> segments, long millis) throws IOException {
        for (int i = segments.size() - 1; i > 0; i--) {
            try (SegmentReader reader = SegmentReader.open(segments.get(i))) {
                if (reader.header().millis() < millis) {
                    return i;
                }
            } catch (NoSuchFileException removed) {
                return i;
            }
        }
        return 0;
    }
}
