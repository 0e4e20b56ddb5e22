package bulwark.kernel.evidence.journal;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where in one stretch of a segment the records with an id stand: sorted numbers of 64 bits, big-endian, of which the upper 38 are from a hash of the id and the lower 26 are the offset of the
 * batch. The name of the file says which stretch. It only tells where to look; nothing is proved by it.
 *
 * @param segment number of the segment's first batch
 * @param start offset of the first batch of the stretch
 * @param end offset behind its last batch
 */
record IndexRun(Path file, long segment, long start, long end) {
    /** No batch that begins later is indexed. */
    static final long MAX_OFFSET = (1L << 26) - 1;

    private static final Pattern NAME = Pattern.compile("(\\d{16})-(\\d{1,10})-(\\d{1,10})\\.ids");
    private static final String FOLDER = "ids";
    private static final int ENTRY_BYTES = Long.BYTES;

    /** Those of a journal, by segment and start. */
    static List<IndexRun> in(Path journal) throws IOException {
        try (Stream<Path> files = Files.list(journal.resolve(FOLDER))) {
            return new ArrayList<>(files.map(IndexRun::named)
                    .flatMap(Stream::ofNullable)
                    .sorted(Comparator.comparingLong(IndexRun::segment)
                            .thenComparingLong(IndexRun::start)
                            .thenComparing(
                                    Comparator.comparingLong(IndexRun::end).reversed()))
                    .toList());
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    private static @Nullable IndexRun named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches()
                ? new IndexRun(
                        file,
                        Long.parseLong(name.group(1)),
                        Long.parseLong(name.group(2)),
                        Long.parseLong(name.group(3)))
                : null;
    }

    /** @param id in the bytes that stand in the record @param offset at most {@link #MAX_OFFSET} */
    static long entry(byte[] id, int from, int to, long offset) {
        return hash(id, from, to) & ~MAX_OFFSET | offset;
    }

    /** FNV-1a, and a last mix so that the upper bits depend on every byte. */
    private static long hash(byte[] id, int from, int to) {
        long hash = 0xCBF29CE484222325L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (id[i] & 0xff)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
        return hash ^ (hash >>> 29);
    }

    /** Whole or not at all. @param entries sorted in place */
    static IndexRun write(Path journal, long segment, long start, long end, long[] entries) throws IOException {
        Arrays.sort(entries);
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * ENTRY_BYTES);
        bytes.asLongBuffer().put(entries);
        Path folder = journal.resolve(FOLDER);
        OwnerOnlyFiles.createDirectories(folder);
        Path file = folder.resolve(String.format(Locale.ROOT, "%016d-%d-%d.ids", segment, start, end));
        OwnerOnlyFiles.write(file, bytes.array());
        return new IndexRun(file, segment, start, end);
    }

    long[] entries() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long[] entries = new long[bytes.length / ENTRY_BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(entries);
        return entries;
    }

    /** Offsets of the batches that may hold a record of this id. */
    SortedSet<Long> offsets(byte[] id) throws IOException {
        SortedSet<Long> offsets = new TreeSet<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
            long count = channel.size() / ENTRY_BYTES;
            long wanted = entry(id, 0, id.length, 0);
            long low = 0;
            long high = count;
            while (low < high) {
                long middle = (low + high) >>> 1;
                if (at(channel, entry, middle) < wanted) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            for (long i = low; i < count; i++) {
                long found = at(channel, entry, i);
                if ((found & ~MAX_OFFSET) != wanted) {
                    break;
                }
                offsets.add(found & MAX_OFFSET);
            }
        }
        return offsets;
    }

    private static long at(FileChannel channel, ByteBuffer entry, long index) throws IOException {
        SegmentReader.fill(channel, entry.clear(), index * ENTRY_BYTES);
        return entry.flip().remaining() < ENTRY_BYTES ? Long.MAX_VALUE : entry.getLong();
    }
}
