package bulwark.kernel.evidence.log;

import bulwark.kernel.signing.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
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

    LogFsck(Path file) {
        this.file = file;
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
        return problems;
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
