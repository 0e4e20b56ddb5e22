package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.CompactRange;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.signing.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole log once and checks each record. It cannot see that whole records are missing at the end: what the store (or a peer)
 * knows of the log's head shows that. Not thread-safe; one instance for each run.
 */
final class LogFsck {
    private static final Logger LOG = LoggerFactory.getLogger(LogFsck.class);
    private static final int MAX_PROBLEMS = 100;

    private final Path file;
    private final List<String> problems = new ArrayList<>();
    private final ByteArrayOutputStream skipped = new ByteArrayOutputStream();
    private @Nullable LogRecord lastRecord;
    private long number;
    private long skippedAt;
    private boolean skippedLooksTorn;
    private boolean unended;
    private final CompactRange tree = new CompactRange();
    private String origin = "";
    /** Read before the size of the log is taken: the log of a running process is never behind it. */
    private final @Nullable TlogCheckpoint signed;

    LogFsck(Path file) throws IOException {
        this.file = file;
        this.signed = checkpoint();
    }

    /** @return sentences, at most a hundred */
    List<String> run(FileChannel channel, long size) throws IOException {
        LogFileReader.forwards(channel, 0, size, (offset, line, ended) -> {
            number++;
            line(line, ended);
            return problems.size() < MAX_PROBLEMS;
        });
        if (skipped.size() > 0 && problems.size() < MAX_PROBLEMS) {
            if (unended && skippedLooksTorn) {
                LOG.warn(
                        "{}: line {} was left unfinished by a crash; the next record will account for it",
                        file,
                        skippedAt);
            } else {
                problems.add(at(skippedAt) + "is not a record");
            }
        }
        TlogCheckpoint longer = signed;
        if (longer != null && problems.size() < MAX_PROBLEMS && tree.size() < longer.size()) {
            problems.add(
                    file + " has " + tree.size() + " records, and the checkpoint beside it speaks of " + longer.size());
        }
        return problems;
    }

    /** Null when none is beside the log. */
    private @Nullable TlogCheckpoint checkpoint() throws IOException {
        Path beside = LogTree.checkpointFile(file);
        if (!Files.exists(beside)) {
            return null;
        }
        try {
            return TlogCheckpoint.parse(
                    SignedNote.parse(Files.readAllBytes(beside)).text());
        } catch (NoteRefused e) {
            problems.add(beside + " is no checkpoint: " + e.getMessage());
            return null;
        }
    }

    private void compare(LogRecord record) {
        byte[] leaf = LogTree.leafHash(record);
        origin = tree.size() == 0 ? LogTree.origin(leaf) : origin;
        tree.append(leaf);
        TlogCheckpoint there = signed;
        if (there != null
                && there.size() == tree.size()
                && !(there.hasRoot(tree.root()) && there.origin().equals(origin))) {
            problems.add(at(number) + "the records up to here are not the tree of the checkpoint beside the log");
        }
    }

    private void line(byte[] bytes, boolean ended) {
        LogRecord record = LogRecord.parse(bytes);
        if (record == null) {
            skip(bytes, ended);
            return;
        }
        if (skipped.size() > 0) {
            if (!Digests.sha256Hex(skipped.toByteArray()).equals(record.torn())) {
                problems.add(at(skippedAt) + "is not a record, and the record after it does not account for it");
            }
            skipped.reset();
        } else if (record.torn() != null) {
            problems.add(at(number) + "accounts for an unfinished line that is not there");
        }
        record.faults(lastRecord).forEach(fault -> problems.add(at(number) + fault));
        lastRecord = record;
        compare(record);
    }

    private void skip(byte[] bytes, boolean ended) {
        boolean looksTorn = LogFileReader.looksTorn(bytes, lastRecord == null ? 0 : lastRecord.index() + 1);
        skippedLooksTorn = looksTorn && (skipped.size() == 0 || skippedLooksTorn);
        if (skipped.size() == 0) {
            skippedAt = number;
        }
        skipped.writeBytes(bytes);
        skipped.write('\n');
        unended = !ended;
    }

    private String at(long line) {
        return file + " line " + line + ": ";
    }
}
