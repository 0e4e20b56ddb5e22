package bulwark.kernel.evidence.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

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
        batches(since, batch -> {
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
        });
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
