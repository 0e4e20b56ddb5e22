package bulwark.kernel.evidence.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one reader of local log files: forwards or backwards, in bounded memory. Bytes that are no record, as a crash leaves them, are
 * passed over wherever they stand; what comes after them counts. A file that does not exist has no records. Opens nothing for writing.
 */
public final class LogReader {
    private LogReader() {}

    /** One record; its hashes are not checked. @param payloadHash SHA-256 of the payload that was read, whatever the record claims */
    public record Entry(long index, String chainHash, String payloadHash, Map<String, @Nullable Object> payload) {}

    /** Sees one record. */
    @FunctionalInterface
    public interface Visitor {
        /** @return false to stop */
        boolean entry(Entry entry);
    }

    /** Oldest first. */
    public static void forwards(Path log, Visitor visitor) throws IOException {
        read(log, visitor, true);
    }

    /** Newest first. */
    public static void backwards(Path log, Visitor visitor) throws IOException {
        read(log, visitor, false);
    }

    private static void read(Path log, Visitor visitor, boolean forwards) throws IOException {
        try (FileChannel reading = FileChannel.open(log, StandardOpenOption.READ)) {
            LogFileReader.LineVisitor lines = (offset, line, ended) -> {
                LogRecord record = LogRecord.parse(line);
                return record == null
                        || visitor.entry(new Entry(
                                record.index(), record.chainHash(), leafHash(record.payload()), record.payload()));
            };
            if (forwards) {
                LogFileReader.forwards(reading, 0, reading.size(), lines);
            } else {
                LogFileReader.backwards(reading, reading.size(), lines);
            }
        } catch (NoSuchFileException none) {
            return;
        }
    }

    private static String leafHash(Map<String, @Nullable Object> payload) {
        try {
            return LogRecord.leafHash(payload);
        } catch (IllegalArgumentException e) {
            // Text that this program cannot have written.
            return "";
        }
    }
}
