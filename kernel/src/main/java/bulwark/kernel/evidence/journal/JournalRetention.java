package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Removes the oldest segments of a journal: what is older than it must be kept, and nothing else. It first signs where the journal begins from then on, so that a segment that somebody else
 * removes is missed. For one thread.
 *
 * @param maxAge how long each record is kept at least
 */
public record JournalRetention(Path folder, LogKeys keys, Duration maxAge, Clock clock) {
    /**
     * Looks once. The newest segment stays, whatever its age.
     *
     * @param signedBatch the newest batch that a signed head vouches for; what comes after it stays, too
     * @return number of segments removed
     */
    public int run(long signedBatch) throws IOException {
        List<JournalSegment> segments = JournalSegment.in(folder);
        long before = clock.instant().minus(maxAge).toEpochMilli();
        int old = 0;
        while (old + 1 < segments.size() && begunBefore(segments.get(old + 1), before, signedBatch)) {
            old++;
        }
        if (old == 0) {
            return 0;
        }
        new JournalStart(segments.get(old).firstBatch()).write(folder, keys, Timestamps.offset(clock.instant()));
        for (JournalSegment segment : segments.subList(0, old)) {
            Files.deleteIfExists(segment.file());
        }
        OwnerOnlyFiles.syncFolder(segments.getFirst().file());
        return old;
    }

    /** Then the segment before it holds nothing younger. */
    private static boolean begunBefore(JournalSegment next, long millis, long signedBatch) throws IOException {
        try (SegmentReader reader = SegmentReader.open(next)) {
            return reader.header().millis() < millis && next.firstBatch() <= signedBatch;
        }
    }
}
