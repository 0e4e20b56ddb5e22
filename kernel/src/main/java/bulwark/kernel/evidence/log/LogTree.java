package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.CheckpointSigner;
import bulwark.kernel.evidence.tlog.CompactRange;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.evidence.tlog.TreeHash;
import bulwark.kernel.evidence.tlog.TreeProof;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Merkle tree over the canonical payloads of a log file, and its newest signed checkpoint in {@code <log>.checkpoint}. The tree's
 * origin follows from its first leaf, so that a log keeps its name when it is moved and another one in its place has another. A checkpoint
 * that was signed before is continued or the log counts as damaged: this never signs two trees of which one does not begin with the other.
 * Guarded by the lock of the log.
 */
final class LogTree {
    private static final String ORIGIN = "bulwark.dev/log/";
    private static final Logger LOG = LoggerFactory.getLogger(LogTree.class);
    /** A log of this size is read whole at a start, so that an edit of any record shows; of a longer one the hashes that were stored count. */
    private static final long MAX_READ_WHOLE = 1 << 20;

    private static final int MAX_PENDING_HASHES = 1 << 13;

    private final Path log;
    private final HashFile hashes;
    private CompactRange range = new CompactRange();
    private String origin = "";
    /** Where the log goes on behind the last record that is in the tree. */
    private long offset;

    private boolean loaded;
    private @Nullable Signed newest;

    /** A checkpoint that verified. */
    record Signed(SignedNote note, TlogCheckpoint tree) {}

    LogTree(Path log) {
        this.log = log;
        this.hashes = new HashFile(log.resolveSibling(log.getFileName() + ".tree"));
    }

    static Path checkpointFile(Path log) {
        return log.resolveSibling(log.getFileName() + ".checkpoint");
    }

    /** What a log is called whose first leaf has this hash. */
    static String origin(byte[] firstLeafHash) {
        return ORIGIN + Digests.sha256Hex(firstLeafHash).substring(0, 32);
    }

    static byte[] leafHash(LogRecord record) {
        return TreeHash.leaf(record.canonicalPayload());
    }

    /** Whether records stand in the log of which no checkpoint was ever signed. */
    boolean isUnsigned() {
        return newest == null && range.size() > 1;
    }

    long size() {
        return range.size();
    }

    /** Empty before the first record. */
    String origin() {
        return origin;
    }

    byte[] root() {
        return range.root();
    }

    /** Takes in what stands in the log up to here. @throws LogUnavailable when the log does not continue the checkpoint beside it */
    void follow(FileChannel reading, long end, CheckpointKeys keys) throws IOException, LogUnavailable {
        if (!loaded) {
            load(reading, end, keys);
            loaded = true;
        } else {
            extend(reading, end, null);
        }
    }

    private void load(FileChannel reading, long end, CheckpointKeys keys) throws IOException, LogUnavailable {
        range = new CompactRange();
        offset = 0;
        Signed kept = kept(keys);
        if (kept != null && resume(kept, reading, end)) {
            newest = kept;
            extend(reading, end, null);
            return;
        }
        extend(reading, end, kept);
        if (kept != null && (range.size() < kept.tree.size() || !origin.equals(kept.tree.origin()))) {
            throw damaged(kept);
        }
        newest = kept;
    }

    private @Nullable Signed kept(CheckpointKeys keys) throws IOException {
        Path file = checkpointFile(log);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            SignedNote note = SignedNote.parse(Files.readAllBytes(file));
            TlogCheckpoint tree = TlogCheckpoint.parse(note.text());
            Signing signing = Signing.fastest();
            for (NoteKey key : keys.trusted().apply(tree.origin())) {
                if (key.verify(note, tree, signing) != null) {
                    return new Signed(note, tree);
                }
            }
        } catch (NoteRefused unreadable) {
            return null;
        }
        return null;
    }

    /** Goes on behind a signed tree without reading all of its records, when the stored hashes have its root and the first and the last record are in it. */
    private boolean resume(Signed kept, FileChannel reading, long end) throws IOException {
        long size = kept.tree.size();
        if (size == 0 || end <= MAX_READ_WHOLE) {
            return false;
        }
        List<byte[]> peaks;
        byte[] last;
        try {
            peaks = hashes.read(prover -> prover.peaks(size));
            last = hashes.read(prover -> prover.leaf(size - 1));
        } catch (IOException absentOrShort) {
            return false;
        }
        CompactRange signed = CompactRange.of(size, peaks);
        Optional<byte[]> first = firstLeaf(reading, end);
        boolean isSigned = kept.tree.hasRoot(signed.root());
        boolean isNamed = first.isPresent() && origin(first.get()).equals(kept.tree.origin());
        long behind = isSigned && isNamed ? behind(size - 1, last, reading, end) : -1;
        if (behind < 0) {
            return false;
        }
        range = signed;
        origin = kept.tree.origin();
        offset = behind;
        return true;
    }

    private static Optional<byte[]> firstLeaf(FileChannel reading, long end) throws IOException {
        List<byte[]> first = new ArrayList<>();
        LogFileReader.forwards(reading, 0, end, (at, line, ended) -> {
            LogRecord record = LogRecord.parse(line);
            if (record != null) {
                first.add(leafHash(record));
            }
            return record == null;
        });
        return first.stream().findFirst();
    }

    /** Where the log goes on behind the record with this index and leaf; -1 when it has none. */
    private static long behind(long index, byte[] leaf, FileChannel reading, long end) throws IOException {
        byte[] begin = ("{\"index\":" + index + ",").getBytes(StandardCharsets.US_ASCII);
        AtomicLong behind = new AtomicLong(-1);
        LogFileReader.forwards(reading, 0, end, (at, line, ended) -> {
            LogRecord record = startsWith(line, begin) ? LogRecord.parse(line) : null;
            if (record == null) {
                return true;
            }
            if (Arrays.equals(leafHash(record), leaf)) {
                behind.set(at + line.length + (ended ? 1 : 0));
            }
            return false;
        });
        return behind.get();
    }

    private static boolean startsWith(byte[] line, byte[] begin) {
        return line.length >= begin.length && Arrays.equals(line, 0, begin.length, begin, 0, begin.length);
    }

    private void extend(FileChannel reading, long end, @Nullable Signed kept) throws IOException, LogUnavailable {
        List<byte[]> completed = new ArrayList<>();
        AtomicLong from = new AtomicLong(range.size());
        AtomicBoolean differs = new AtomicBoolean();
        LogFileReader.forwards(reading, offset, end, (at, line, ended) -> {
            LogRecord record = LogRecord.parse(line);
            if (record == null) {
                return true;
            }
            byte[] leaf = leafHash(record);
            if (range.size() == 0) {
                origin = origin(leaf);
            }
            completed.addAll(range.append(leaf));
            offset = at + line.length + (ended ? 1 : 0);
            if (completed.size() >= MAX_PENDING_HASHES) {
                hashes.append(from.getAndSet(range.size()), completed);
                completed.clear();
            }
            differs.set(kept != null && range.size() == kept.tree.size() && !kept.tree.hasRoot(range.root()));
            return !differs.get();
        });
        if (kept != null && differs.get()) {
            throw damaged(kept);
        }
        if (!completed.isEmpty()) {
            hashes.append(from.get(), completed);
        }
    }

    private LogUnavailable damaged(Signed kept) {
        return new LogUnavailable(
                "The transparency log " + log + " does not continue the tree of " + kept.tree.size()
                        + " records that was signed before: restore the log from a backup, or, if it is lost for good,"
                        + " remove " + checkpointFile(log),
                null);
    }

    /** Signs the present tree, unless the newest checkpoint is of it and of the present key. @return null of an empty log */
    @Nullable
    SignedNote publish(CheckpointKeys keys, Clock clock) throws IOException {
        if (range.size() == 0) {
            return null;
        }
        CheckpointSigner signer = keys.signer().apply(origin);
        Signed before = newest;
        if (before != null
                && before.tree.size() == range.size()
                && before.note.lines().stream().anyMatch(signer.keys().getFirst()::made)) {
            return before.note;
        }
        SignedNote note = signer.sign(range.size(), range.root(), clock.instant());
        OwnerOnlyFiles.write(checkpointFile(log), note.note().getBytes(StandardCharsets.UTF_8));
        newest = new Signed(note, new TlogCheckpoint(origin, range.size(), range.root()));
        return note;
    }

    /** Empty when the newest checkpoint does not cover the record. */
    Optional<TlogProof> proof(long index) throws IOException {
        Signed signed = newest;
        if (signed == null || index < 0 || index >= signed.tree.size()) {
            return Optional.empty();
        }
        long size = signed.tree.size();
        return stored(prover -> {
            List<byte[]> path = prover.inclusion(index, size);
            return TreeProof.includes(prover.leaf(index), index, size, path, signed.tree.root())
                    ? Optional.of(new TlogProof(index, path, signed.note, signed.tree))
                    : Optional.empty();
        });
    }

    /** Stored hashes that are gone, or do not lead to the signed root, are made again with the next checkpoint. */
    private <T> Optional<T> stored(HashFile.Question<Optional<T>> question) throws IOException {
        try {
            Optional<T> answer = hashes.read(question);
            if (answer.isPresent()) {
                return answer;
            }
        } catch (IOException absentOrShort) {
            LOG.warn(
                    "{}: the hashes of its tree cannot be read, and are made again: {}",
                    log,
                    absentOrShort.getMessage());
        }
        forgetHashes();
        return Optional.empty();
    }

    private void forgetHashes() throws IOException {
        hashes.delete();
        loaded = false;
    }

    /** That the newest checkpoint continues a tree of this size. Empty when it does not cover it. */
    Optional<List<byte[]>> consistency(long earlier) throws IOException {
        Signed signed = newest;
        if (signed == null || earlier < 0 || earlier > signed.tree.size()) {
            return Optional.empty();
        }
        long size = signed.tree.size();
        return stored(prover -> {
            List<byte[]> path = prover.consistency(earlier, size);
            return TreeProof.isConsistent(earlier, prover.root(earlier), size, signed.tree.root(), path)
                    ? Optional.of(path)
                    : Optional.empty();
        });
    }

    /** The owner goes on with a log that lost records: the next checkpoint continues none before it. */
    void forget() throws IOException {
        Files.deleteIfExists(checkpointFile(log));
        forgetHashes();
        newest = null;
    }
}
