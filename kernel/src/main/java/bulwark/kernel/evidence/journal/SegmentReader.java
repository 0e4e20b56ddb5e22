package bulwark.kernel.evidence.journal;

import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the batches of one segment, also while they are being written. Trusts no byte of it. For one thread. */
final class SegmentReader implements AutoCloseable {
    private final JournalSegment segment;
    private final FileChannel channel;
    private final JournalSegment.Header header;
    private long position = JournalSegment.HEADER_BYTES;

    private SegmentReader(JournalSegment segment, FileChannel channel, JournalSegment.Header header) {
        this.segment = segment;
        this.channel = channel;
        this.header = header;
    }

    static SegmentReader open(JournalSegment segment) throws IOException {
        FileChannel channel = segment.open();
        try {
            return new SegmentReader(segment, channel, segment.header(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    JournalSegment segment() {
        return segment;
    }

    JournalSegment.Header header() {
        return header;
    }

    /** Offset of the batch that comes next. */
    long position() {
        return position;
    }

    /** @param offset of a batch, from {@link #position()} */
    void seek(long offset) {
        position = offset;
    }

    /** The next batch whole; null where none is, or only a part of one. */
    @Nullable
    JournalBatch next() throws IOException {
        JournalBatch.Header next = peek();
        if (next == null || next.bytes() > channel.size() - position) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(next.bytes());
        fill(channel, bytes, position);
        JournalBatch batch = JournalBatch.decode(bytes.flip());
        if (batch != null) {
            position += batch.header().bytes();
        }
        return batch;
    }

    /** The header of the next batch, whose body was not looked at; null where none is. */
    JournalBatch.@Nullable Header peek() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(JournalBatch.HEADER_BYTES);
        fill(channel, bytes, position);
        return JournalBatch.header(bytes.flip());
    }

    void skip(JournalBatch.Header batch) {
        position += batch.bytes();
    }

    /**
     * What stands behind the last batch.
     *
     * @param length up to the last byte that is not zero; 0 when all are
     * @param digest SHA-256 of those bytes, zeros when there are none
     * @param followedByBatch whether a whole batch stands somewhere in them: then no crash left them
     */
    record Tail(int length, byte[] digest, boolean followedByBatch) {}

    Tail tail() throws IOException {
        long size = Math.max(0, channel.size() - position);
        if (size > Integer.MAX_VALUE - 8) {
            throw new IOException(segment.file() + " is larger than any segment");
        }
        ByteBuffer rest = ByteBuffer.allocate((int) size);
        fill(channel, rest, position);
        int length = rest.position();
        byte[] bytes = rest.array();
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        if (length == 0) {
            return new Tail(0, new byte[JournalBatch.HASH_BYTES], false);
        }
        boolean batch = false;
        for (int at = 1; at < length && !batch; at++) {
            batch = bytes[at] == 'B' && JournalBatch.decode(rest.duplicate().position(at)) != null;
        }
        return new Tail(length, Digests.sha256(Arrays.copyOf(bytes, length)), batch);
    }

    /** Reads until the buffer is full or the file ends. */
    static void fill(FileChannel channel, ByteBuffer into, long from) throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
