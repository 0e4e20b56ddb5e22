package bulwark.kernel.evidence.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows a journal from a position, beside the process that writes it, and keeps its place between two reads. Checks no hash and no signature. For one thread. */
public final class JournalCursor implements AutoCloseable {
    private final Path folder;
    private long position;
    private @Nullable SegmentReader reader;

    /** @param number from 1 */
    public record NumberedRecord(long number, byte[] bytes) {}

    /** @param position number of the last record that is not wanted any more; 0 for all */
    public JournalCursor(Path folder, long position) {
        this.folder = folder;
        this.position = position;
    }

    /**
     * The records that follow those of the read before, oldest first.
     *
     * @param maxBytes of records together; one batch is given in any case, so at most 8 MiB more
     * @return empty when there are none yet
     */
    public List<NumberedRecord> read(int maxBytes) throws IOException {
        List<NumberedRecord> records = new ArrayList<>();
        long bytes = 0;
        while (bytes < maxBytes) {
            JournalBatch batch = nextBatch();
            if (batch == null) {
                break;
            }
            long number = batch.header().firstRecord();
            for (byte[] record : batch.records()) {
                if (number > position) {
                    records.add(new NumberedRecord(number, record));
                    bytes += record.length;
                    position = number;
                }
                number++;
            }
        }
        return records;
    }

    /** The next batch that holds something wanted. */
    private @Nullable JournalBatch nextBatch() throws IOException {
        while (true) {
            SegmentReader from = reader == null ? open(0) : reader;
            if (from == null) {
                return null;
            }
            reader = from;
            JournalBatch.Header next = from.peek();
            while (next != null && next.lastRecord() <= position) {
                from.skip(next);
                next = from.peek();
            }
            // Asked before the last look at this segment: what is written behind it comes after that.
            JournalSegment later = after(from.segment().firstBatch());
            JournalBatch batch = from.next();
            if (batch != null || later == null) {
                return batch;
            }
            from.close();
            reader = open(later.firstBatch());
        }
    }

    private @Nullable JournalSegment after(long firstBatch) throws IOException {
        return JournalSegment.in(folder).stream()
                .filter(segment -> segment.firstBatch() > firstBatch)
                .findFirst()
                .orElse(null);
    }

    /** The first segment from this batch on that may hold something wanted; null when there is none. */
    private @Nullable SegmentReader open(long firstBatch) throws IOException {
        SegmentReader found = null;
        for (JournalSegment segment : JournalSegment.in(folder)) {
            if (segment.firstBatch() >= firstBatch) {
                try {
                    SegmentReader opened = SegmentReader.open(segment);
                    if (found != null && opened.header().firstRecord() > position + 1) {
                        opened.close();
                        return found;
                    }
                    if (found != null) {
                        found.close();
                    }
                    found = opened;
                } catch (NoSuchFileException removed) {
                    // The retention removes the oldest while this looks.
                    continue;
                }
            }
        }
        return found;
    }

    /** How many records follow the position now; reads the heads of the newest segment's batches. */
    public static long countAfter(Path folder, long position) throws IOException {
        List<JournalSegment> segments = JournalSegment.in(folder);
        if (segments.isEmpty()) {
            return 0;
        }
        try (SegmentReader newest = SegmentReader.open(segments.getLast())) {
            long last = newest.header().firstRecord() - 1;
            for (JournalBatch.Header batch = newest.peek(); batch != null; batch = newest.peek()) {
                last = batch.lastRecord();
                newest.skip(batch);
            }
            return Math.max(0, last - position);
        }
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
