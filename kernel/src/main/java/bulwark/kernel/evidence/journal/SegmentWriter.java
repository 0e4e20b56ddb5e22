package bulwark.kernel.evidence.journal;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends batches to the newest segment and begins the next one when it is full. The space of a segment is written once before it is used, so that a batch changes no metadata of the file and a
 * full disk shows where no record can be torn by it. For one thread.
 */
final class SegmentWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);
    private static final String NEXT = "next.tmp";

    private final Path folder;
    private final long segmentBytes;
    private final DiskSync disk;
    private final Clock clock;
    private final SecureRandom random;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private @Nullable FileChannel channel;
    private long position;
    private long size;
    private JournalBatch.@Nullable Header last;
    private int tornBytes;
    /** What the next segment has to account for. */
    private SegmentReader.Tail torn = new SegmentReader.Tail(0, new byte[JournalBatch.HASH_BYTES], false);

    private SegmentWriter(Path folder, long segmentBytes, DiskSync disk, Clock clock, SecureRandom random) {
        this.disk = disk;
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Finds the end of the journal. What a crash left behind it stays where it is, and the next segment accounts for it.
     *
     * @throws StoreRefused when the journal is damaged where no crash can have damaged it
     */
    static SegmentWriter open(Path folder, long segmentBytes, DiskSync disk, Clock clock, SecureRandom random)
            throws IOException {
        OwnerOnlyFiles.createDirectory(folder);
        OwnerOnlyFiles.delete(folder.resolve(NEXT));
        SegmentWriter writer = new SegmentWriter(folder, segmentBytes, disk, clock, random);
        List<JournalSegment> segments = JournalSegment.in(folder);
        if (!segments.isEmpty()) {
            writer.recover(segments);
        }
        return writer;
    }

    private void recover(List<JournalSegment> segments) throws IOException {
        JournalSegment newest = segments.getLast();
        try (SegmentReader reader = SegmentReader.open(newest)) {
            JournalSegment.Header header = reader.header();
            for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
                last = batch.header();
            }
            SegmentReader.Tail tail = reader.tail();
            if (tail.followedByBatch()) {
                throw new StoreRefused(newest.file() + " is damaged at byte " + reader.position()
                        + ", and whole batches follow, which no crash explains: restore it from a backup.");
            }
            boolean empty = last == null;
            if (empty) {
                findLast(segments, header);
            }
            if (tail.length() > 0) {
                // A segment without a whole batch is made anew, and accounts for what it accounted for before.
                torn = empty ? new SegmentReader.Tail(header.tornLength(), header.tornDigest(), false) : tail;
                tornBytes = tail.length();
                LOG.warn(
                        "The journal ends with {} bytes of a batch that was not synced when the process ended; they stay in {} and count for nothing.",
                        tail.length(),
                        newest.file());
                return;
            }
            channel = FileChannel.open(newest.file(), StandardOpenOption.WRITE);
            position = reader.position();
            size = channel.size();
        }
    }

    /** The newest segment holds no batch: the one before says which was the last. */
    private void findLast(List<JournalSegment> segments, JournalSegment.Header header) throws IOException {
        if (segments.size() < 2) {
            if (header.firstBatch() > 1) {
                throw new StoreRefused(folder + " lacks the segment with batch " + (header.firstBatch() - 1)
                        + ": restore it from a backup.");
            }
            return;
        }
        try (SegmentReader before = SegmentReader.open(segments.get(segments.size() - 2))) {
            for (JournalBatch batch = before.next(); batch != null; batch = before.next()) {
                last = batch.header();
            }
        }
        JournalBatch.Header found = last;
        if (found == null
                || found.number() + 1 != header.firstBatch()
                || !Arrays.equals(found.hash(), header.previous())) {
            throw new StoreRefused(segments.getLast().file() + " does not follow the segment before it: restore both"
                    + " from a backup.");
        }
    }

    /** What is durable; null while nothing is. */
    JournalBatch.@Nullable Header last() {
        return last;
    }

    /** Bytes that a crash left behind the last batch. */
    int tornBytes() {
        return tornBytes;
    }

    /**
     * Writes one batch, which is durable only after {@link #sync}. After an exception the same records may be written again.
     *
     * @throws IOException for instance when the disk is full; nothing counts then
     */
    JournalBatch.Header write(EncodedRecords records) throws IOException {
        byte[] secret = new byte[MerkleTree.SALT_BYTES];
        random.nextBytes(secret);
        JournalBatch.Header header = JournalBatch.Header.after(
                last,
                records.bytes() + 4 * records.count(),
                records.count(),
                clock.millis(),
                secret,
                records.root(secret));
        int bytes = header.bytes();
        if (channel == null || position + bytes > size) {
            begin(bytes);
        }
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        buffer.clear();
        header.encode(buffer, records::writeTo);
        buffer.flip();
        writeFully(channel(), buffer, position);
        return header;
    }

    /** Makes the batch durable and counts it. @throws IOException never to be tried again: nothing is known about the disk any more */
    void sync(JournalBatch.Header batch) throws IOException {
        disk.sync(channel());
        position += batch.bytes();
        last = batch;
    }

    private FileChannel channel() {
        if (channel == null) {
            throw new IllegalStateException("no segment is open");
        }
        return channel;
    }

    private void begin(int bytes) throws IOException {
        JournalBatch.Header before = last;
        JournalSegment segment = JournalSegment.of(folder, before == null ? 1 : before.number() + 1);
        JournalSegment.Header header = new JournalSegment.Header(
                segment.firstBatch(),
                before == null ? 1 : before.lastRecord() + 1,
                before == null ? new byte[JournalBatch.HASH_BYTES] : before.hash(),
                clock.millis(),
                torn.length(),
                torn.digest());
        long wanted = Math.max(segmentBytes, JournalSegment.HEADER_BYTES + (long) bytes);
        Path next = folder.resolve(NEXT);
        FileChannel fresh = OwnerOnlyFiles.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            writeFully(fresh, header.encode(), 0);
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 18);
            for (long at = JournalSegment.HEADER_BYTES; at < wanted; at += zeros.capacity()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), wanted - at));
                writeFully(fresh, zeros, at);
            }
            fresh.force(true);
            // Replaces only a segment of this name without any batch, as a crash between two steps of this leaves it.
            Files.move(next, segment.file(), StandardCopyOption.ATOMIC_MOVE);
            OwnerOnlyFiles.syncFolder(segment.file());
        } catch (IOException e) {
            fresh.close();
            Files.deleteIfExists(next);
            throw e;
        }
        if (channel != null) {
            channel.close();
        }
        channel = fresh;
        position = JournalSegment.HEADER_BYTES;
        size = wanted;
        torn = new SegmentReader.Tail(0, new byte[JournalBatch.HASH_BYTES], false);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
