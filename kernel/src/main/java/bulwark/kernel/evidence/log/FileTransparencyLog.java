package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as a file of JSON lines that several processes may append to. The file is only ever opened for appending, so that it works
 * under {@code chattr +a}: a line that a crash left unfinished stays, is ended by a line feed, and is accounted for by the next record.
 * Memory grows by about 100 bytes for each record, once the first append has read the dedupe keys.
 */
final class FileTransparencyLog implements TransparencyLog {
    /** Less than this left on the disk: an append is not attempted. */
    private static final long SPARE_DISK = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(FileTransparencyLog.class);

    private final Path file;
    private final Clock clock;
    private final String logId;
    private final LogTree tree;

    // All below are guarded by the LogFileLock.
    /** First eight bytes of SHA-256 of the dedupe key → offset of the record; the record itself settles collisions. */
    private final Map<Long, Long> dedupe = new HashMap<>();

    private @Nullable LogRecord lastRecord;
    /** End of the last record, after its line feed if it has one. */
    private long end;

    private boolean opened;
    private boolean syncFailed;

    FileTransparencyLog(Path file, Clock clock) {
        this.file = file.toAbsolutePath().normalize();
        this.clock = clock;
        this.logId = Digests.sha256Hex(this.file.toString()).substring(0, 16);
        this.tree = new LogTree(this.file);
    }

    @Override
    public String backend() {
        return "local";
    }

    @Override
    public LogEntry append(LogLeaf leaf) throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file);
                FileChannel reading = openForReading()) {
            catchUp(reading);
            LogRecord before = find(reading, leaf.dedupeKey());
            if (before != null) {
                return before.entry(logId);
            }
            return write(reading, leaf).entry(logId);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private LogRecord write(FileChannel reading, LogLeaf leaf) throws IOException, LogUnavailable {
        long size = reading.size();
        boolean endedByFeed = size == 0 || LogFileReader.read(reading, size - 1, 1)[0] == '\n';
        String torn = size == end ? null : tornDigest(reading, size, endedByFeed);
        LogRecord record = LogRecord.after(lastRecord, clock.instant().getEpochSecond(), leaf, torn);
        byte[] bytes = record.bytes();
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 1);
        if (!endedByFeed) {
            buffer.put((byte) '\n');
        }
        buffer.put(bytes).flip();
        try (FileChannel appending = FileChannel.open(file, StandardOpenOption.APPEND)) {
            while (buffer.hasRemaining()) {
                appending.write(buffer);
            }
            sync(appending);
        }
        long start = size + (endedByFeed ? 0 : 1);
        lastRecord = record;
        end = start + bytes.length;
        dedupe.putIfAbsent(hash(leaf.dedupeKey()), start);
        return record;
    }

    /** After a failed sync the kernel may have dropped the bytes and would call the next sync a success: nothing is promised any more. */
    private void sync(FileChannel appending) throws IOException {
        try {
            appending.force(true);
        } catch (IOException e) {
            syncFailed = true;
            throw e;
        }
    }

    /** Only what a crash leaves is built upon; anything else in the way needs a person. */
    private String tornDigest(FileChannel reading, long size, boolean endedByFeed) throws IOException, LogUnavailable {
        if (size - end > LogFileReader.MAX_LINE) {
            throw damaged("holds bytes after its last record");
        }
        byte[] region = LogFileReader.read(reading, end, (int) (size - end));
        long next = lastRecord == null ? 0 : lastRecord.index() + 1;
        for (String line : new String(region, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            if (!LogFileReader.looksTorn(line.getBytes(StandardCharsets.ISO_8859_1), next)) {
                throw damaged("holds lines after its last record that no crash explains");
            }
        }
        byte[] lines = java.util.Arrays.copyOf(region, region.length + (endedByFeed ? 0 : 1));
        lines[lines.length - 1] = '\n';
        return Digests.sha256Hex(lines);
    }

    /** Reads what this process or another has appended since the last look. */
    private void catchUp(FileChannel reading) throws IOException, LogUnavailable {
        if (syncFailed) {
            throw new LogUnavailable(
                    "A sync of the transparency log " + file + " failed; restart, and look at the disk", null);
        }
        long size = reading.size();
        if (size < end) {
            throw damaged("became shorter, from " + end + " to " + size + " bytes");
        }
        if (!opened) {
            LogFileReader.forwards(reading, 0, size, (offset, line, ended) -> {
                remember(offset, line);
                return true;
            });
            LogFileReader.backwards(reading, size, (offset, line, ended) -> {
                LogRecord record = LogRecord.parse(line);
                if (record != null) {
                    lastRecord = record;
                    end = offset + line.length + (ended ? 1 : 0);
                }
                return record == null;
            });
            if (lastRecord != null && !lastRecord.inner().isEmpty()) {
                throw damaged("ends with a record whose " + lastRecord.inner().getFirst());
            }
            opened = true;
            return;
        }
        AtomicReference<@Nullable String> fault = new AtomicReference<>();
        LogFileReader.forwards(reading, end, size, (offset, line, ended) -> {
            LogRecord record = LogRecord.parse(line);
            if (record != null && record.faults(lastRecord).isEmpty()) {
                remember(offset, line);
                lastRecord = record;
                end = offset + line.length + (ended ? 1 : 0);
            } else if (record != null) {
                fault.set("holds a record after index " + (lastRecord == null ? -1 : lastRecord.index()) + " whose "
                        + record.faults(lastRecord).getFirst());
            }
            return fault.get() == null;
        });
        String found = fault.get();
        if (found != null) {
            throw damaged(found);
        }
    }

    // Without parsing: our own records end with these members, and a quote inside of a JSON string is escaped.
    private void remember(long offset, byte[] line) {
        String text = new String(line, StandardCharsets.UTF_8);
        int lineHash = text.lastIndexOf(",\"line_hash\":\"");
        int key = text.lastIndexOf(",\"dedupe_key\":\"", lineHash);
        if (lineHash < 0 || key < 0) {
            return;
        }
        LogRecord escaped = text.indexOf('\\', key) >= 0 ? LogRecord.parse(line) : null;
        int from = key + ",\"dedupe_key\":\"".length();
        String value = escaped == null ? text.substring(from, text.indexOf('"', from)) : escaped.dedupeKey();
        if (value != null) {
            dedupe.putIfAbsent(hash(value), offset);
        }
    }

    private @Nullable LogRecord find(FileChannel reading, String dedupeKey) throws IOException {
        Long offset = dedupe.get(hash(dedupeKey));
        if (offset == null) {
            return null;
        }
        AtomicReference<@Nullable LogRecord> found = new AtomicReference<>();
        LogFileReader.forwards(reading, offset, reading.size(), (at, line, ended) -> {
            found.set(LogRecord.parse(line));
            return false;
        });
        LogRecord record = found.get();
        return record != null && dedupeKey.equals(record.dedupeKey()) ? record : null;
    }

    private static long hash(String dedupeKey) {
        return ByteBuffer.wrap(Digests.sha256(dedupeKey.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private FileChannel openForReading() throws IOException, LogUnavailable {
        try {
            refuseWritableByOthers();
        } catch (NoSuchFileException e) {
            if (opened) {
                throw damaged("has vanished; it held " + end + " bytes");
            }
            create();
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    private void create() throws IOException {
        OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                .close();
        OwnerOnlyFiles.syncFolder(file);
    }

    private void refuseWritableByOthers() throws IOException, LogUnavailable {
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new LogUnavailable(
                    "Every user of this machine can write the transparency log; run: chmod 600 " + file, null);
        }
    }

    @Override
    public Optional<SignedNote> publishCheckpoint(CheckpointKeys keys) throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file);
                FileChannel reading = openForReading()) {
            catchUp(reading);
            tree.follow(reading, end, keys);
            if (tree.isUnsigned()) {
                LogLeaf begin = LogTreeLeaf.of(tree.origin(), tree.size(), tree.root(), keys);
                if (find(reading, begin.dedupeKey()) == null) {
                    LOG.info(
                            "The transparency log {} held {} records before its first checkpoint; its record {} says so",
                            file,
                            tree.size(),
                            write(reading, begin).index());
                }
                tree.follow(reading, end, keys);
            }
            return Optional.ofNullable(tree.publish(keys, clock));
        } catch (IOException e) {
            throw failed("read for its checkpoint", e);
        }
    }

    @Override
    public Optional<TlogProof> proof(long index) throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file)) {
            return tree.proof(index);
        } catch (IOException e) {
            throw failed("asked for a proof", e);
        }
    }

    @Override
    public Optional<List<byte[]>> consistency(long earlierSize) throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file)) {
            return tree.consistency(earlierSize);
        } catch (IOException e) {
            throw failed("asked for a proof", e);
        }
    }

    @Override
    public void forgetTrees() throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file)) {
            tree.forget();
        } catch (IOException e) {
            throw failed("separated from its checkpoint", e);
        }
    }

    @Override
    public void ping() throws LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file);
                FileChannel reading = openForReading()) {
            catchUp(reading);
            FileChannel.open(file, StandardOpenOption.APPEND).close();
            if (Files.getFileStore(file).getUsableSpace() < SPARE_DISK) {
                throw new LogUnavailable("The disk of the transparency log " + file + " is full", null);
            }
        } catch (IOException e) {
            throw failed("opened for appending", e);
        }
    }

    @Override
    public Optional<LogEntry> newest(String kind) throws LogUnavailable {
        AtomicReference<@Nullable LogRecord> found = new AtomicReference<>();
        try (FileChannel reading = FileChannel.open(file, StandardOpenOption.READ)) {
            LogFileReader.backwards(reading, reading.size(), (offset, line, ended) -> {
                LogRecord record = LogRecord.parse(line);
                if (record != null && kind.equals(record.payload().get("kind"))) {
                    found.set(record);
                    return false;
                }
                return true;
            });
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read", e);
        }
        LogRecord record = found.get();
        if (record != null && !record.inner().isEmpty()) {
            throw damaged("holds a record at index " + record.index() + " whose "
                    + record.inner().getFirst());
        }
        return Optional.ofNullable(record).map(line -> line.entry(logId));
    }

    @Override
    public List<String> fsck() {
        try (FileChannel reading = FileChannel.open(file, StandardOpenOption.READ)) {
            return new LogFsck(file).run(reading, settledSize(reading));
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException | LogUnavailable e) {
            return List.of("The transparency log " + file + " cannot be read: " + e.getMessage());
        }
    }

    /** A size at which no record is half written by a live writer. */
    private long settledSize(FileChannel reading) throws IOException, LogUnavailable {
        try (LogFileLock lock = LogFileLock.of(file)) {
            return reading.size();
        }
    }

    private LogUnavailable damaged(String what) {
        return new LogUnavailable("The transparency log " + file + " " + what + "; look at it with fsck", null);
    }

    private LogUnavailable failed(String action, IOException e) {
        return new LogUnavailable("The transparency log " + file + " cannot be " + action + ": " + e.getMessage(), e);
    }

    /** Holds nothing open between calls. */
    @Override
    public void close() {}
}
