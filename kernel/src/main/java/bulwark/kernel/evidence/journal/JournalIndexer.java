package bulwark.kernel.evidence.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an index of the ids of a journal's records beside it, from what is synced, so that a record is found without reading all. Reads beside the writer. A lost or removed index is made
 * again. For one thread.
 */
public final class JournalIndexer {
    private static final long STRETCH_BYTES = 4 << 20;

    private final Path folder;
    private final RecordIds ids;
    private @Nullable Stretch stretch;

    /** Tells the ids that a record is asked for by. */
    @FunctionalInterface
    public interface RecordIds {
        /** @param found is given each id as a range of the record's bytes */
        void of(byte[] record, Found found);
    }

    /** Takes one id. */
    @FunctionalInterface
    public interface Found {
        void id(int from, int to);
    }

    /** @param folder of the journal */
    public JournalIndexer(Path folder, RecordIds ids) {
        this.folder = folder;
        this.ids = ids;
    }

    /** Indexes what was written since: of the newest segment once 4 MiB came together, of those before everything. */
    public void catchUp() throws IOException {
        List<JournalSegment> segments = JournalSegment.in(folder);
        List<IndexRun> runs = IndexRun.in(folder);
        Set<Long> known =
                segments.stream().map(JournalSegment::firstBatch).collect(Collectors.toCollection(HashSet::new));
        for (IndexRun run : runs) {
            if (!known.contains(run.segment())) {
                Files.deleteIfExists(run.file());
            }
        }
        for (int i = 0; i < segments.size(); i++) {
            JournalSegment segment = segments.get(i);
            List<IndexRun> own = runs.stream()
                    .filter(run -> run.segment() == segment.firstBatch())
                    .collect(Collectors.toCollection(ArrayList::new));
            try {
                extend(segment, own, i < segments.size() - 1);
            } catch (NoSuchFileException removed) {
                continue;
            }
        }
    }

    private void extend(JournalSegment segment, List<IndexRun> runs, boolean closed) throws IOException {
        if (closed && isWhole(segment, runs)) {
            return;
        }
        long from = covered(runs);
        if (stretch == null || stretch.segment != segment.firstBatch() || stretch.begun != from) {
            stretch = new Stretch(segment.firstBatch(), from);
        }
        Stretch current = stretch;
        try (SegmentReader reader = SegmentReader.open(segment)) {
            reader.seek(current.position);
            for (JournalBatch batch = next(reader); batch != null; batch = next(reader)) {
                current.add(batch, reader.position());
                if (current.position - current.begun >= STRETCH_BYTES) {
                    runs.add(current.write(current.position));
                }
            }
            if (closed) {
                // Zeros and torn bytes behind the last batch hold no record.
                long end = reader.position() > IndexRun.MAX_OFFSET ? reader.position() : Files.size(segment.file());
                if (end > current.begun) {
                    runs.add(current.write(end));
                }
                join(segment, runs);
                stretch = null;
            }
        }
    }

    private static boolean isWhole(JournalSegment segment, List<IndexRun> runs) throws IOException {
        return runs.size() == 1
                && runs.getFirst().start() == JournalSegment.HEADER_BYTES
                && runs.getFirst().end() >= Math.min(Files.size(segment.file()), IndexRun.MAX_OFFSET + 1);
    }

    private static @Nullable JournalBatch next(SegmentReader reader) throws IOException {
        return reader.position() > IndexRun.MAX_OFFSET ? null : reader.next();
    }

    /** Up to where the runs follow each other without a gap. */
    static long covered(List<IndexRun> runs) {
        long end = JournalSegment.HEADER_BYTES;
        for (IndexRun run : runs) {
            if (run.start() == end) {
                end = run.end();
            }
        }
        return end;
    }

    /** One run for a segment that grows no more, in place of several. */
    private void join(JournalSegment segment, List<IndexRun> runs) throws IOException {
        if (runs.size() < 2) {
            return;
        }
        long[] all = new long[0];
        for (IndexRun run : runs) {
            long[] more = run.entries();
            int before = all.length;
            all = Arrays.copyOf(all, before + more.length);
            System.arraycopy(more, 0, all, before, more.length);
        }
        IndexRun joined = IndexRun.write(folder, segment.firstBatch(), JournalSegment.HEADER_BYTES, covered(runs), all);
        for (IndexRun run : runs) {
            if (!run.file().equals(joined.file())) {
                Files.deleteIfExists(run.file());
            }
        }
    }

    /** What was read and stands in no file yet. */
    private final class Stretch {
        private final long segment;
        private long begun;
        private long position;
        private long[] entries = new long[1 << 12];
        private int count;

        Stretch(long segment, long begun) {
            this.segment = segment;
            this.begun = begun;
            this.position = begun;
        }

        /** @param end offset behind the batch */
        void add(JournalBatch batch, long end) {
            long offset = end - batch.header().bytes();
            for (byte[] record : batch.records()) {
                ids.of(record, (from, to) -> add(IndexRun.entry(record, from, to, offset)));
            }
            position = end;
        }

        private void add(long entry) {
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, count * 2);
            }
            entries[count++] = entry;
        }

        IndexRun write(long end) throws IOException {
            IndexRun run = IndexRun.write(folder, segment, begun, end, Arrays.copyOf(entries, count));
            begun = end;
            position = end;
            count = 0;
            return run;
        }
    }
}
