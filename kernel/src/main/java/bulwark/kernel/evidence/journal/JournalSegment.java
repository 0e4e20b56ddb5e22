package bulwark.kernel.evidence.journal;

import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal, named by the number of its first batch. It begins with a header of 112 bytes, big-endian: magic (8), version (4), number of the first batch (8), number of its first
 * record (8), hash of the batch before (32), epoch milliseconds (8), and of the bytes that a crash left behind the last batch of the segment before: their length (4) and SHA-256 (32); four
 * zeros, CRC-32C (4). Batches follow, then zeros.
 */
record JournalSegment(Path file, long firstBatch) {
    static final int HEADER_BYTES = 112;

    private static final long MAGIC = 0x42574A524E4C3031L;
    private static final int VERSION = 1;
    private static final String SUFFIX = ".journal";
    private static final Pattern NAME = Pattern.compile("(\\d{16})" + Pattern.quote(SUFFIX));

    /** @param tornDigest 32 zeros when tornLength is 0 */
    record Header(long firstBatch, long firstRecord, byte[] previous, long millis, int tornLength, byte[] tornDigest) {

        ByteBuffer encode() {
            ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
            bytes.putLong(MAGIC).putInt(VERSION).putLong(firstBatch).putLong(firstRecord);
            bytes.put(previous)
                    .putLong(millis)
                    .putInt(tornLength)
                    .put(tornDigest)
                    .putInt(0);
            CRC32C crc = new CRC32C();
            crc.update(bytes.duplicate().flip());
            return bytes.putInt((int) crc.getValue()).flip();
        }

        static @Nullable Header decode(ByteBuffer bytes) {
            if (bytes.remaining() < HEADER_BYTES) {
                return null;
            }
            ByteBuffer at = bytes.duplicate();
            CRC32C crc = new CRC32C();
            crc.update(at.duplicate().limit(at.position() + HEADER_BYTES - 4));
            if (at.getLong() != MAGIC || at.getInt() != VERSION) {
                return null;
            }
            long firstBatch = at.getLong();
            long firstRecord = at.getLong();
            byte[] previous = new byte[JournalBatch.HASH_BYTES];
            at.get(previous);
            long millis = at.getLong();
            int tornLength = at.getInt();
            byte[] tornDigest = new byte[JournalBatch.HASH_BYTES];
            at.get(tornDigest);
            boolean whole = at.getInt() == 0 && at.getInt() == (int) crc.getValue() && tornLength >= 0;
            return whole ? new Header(firstBatch, firstRecord, previous, millis, tornLength, tornDigest) : null;
        }
    }

    static JournalSegment of(Path folder, long firstBatch) {
        return new JournalSegment(folder.resolve(String.format(Locale.ROOT, "%016d", firstBatch) + SUFFIX), firstBatch);
    }

    /** All of a folder, oldest first; none when the folder is not there. */
    static List<JournalSegment> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(JournalSegment::named)
                    .flatMap(Stream::ofNullable)
                    .sorted(java.util.Comparator.comparingLong(JournalSegment::firstBatch))
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    private static @Nullable JournalSegment named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? new JournalSegment(file, Long.parseLong(name.group(1))) : null;
    }

    FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /** @throws StoreRefused when the file does not begin with the header of this segment */
    Header header(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        SegmentReader.fill(channel, bytes, 0);
        Header header = Header.decode(bytes.flip());
        if (header == null || header.firstBatch() != firstBatch) {
            throw new StoreRefused(
                    file + " does not begin as a segment of the journal does: restore it from a backup.");
        }
        return header;
    }
}
