package bulwark.doctor.memory;

import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares an append-only file with what it was at the last visit: the bytes that were there must be there still, all and in their order. That does not ask the file, the store beside it or the
 * process that writes it whether they agree: all of them may have been rolled back together. Reads the file once, in bounded memory. Stateless.
 */
public final class LogWitness {
    private static final int CHUNK = 1 << 16;

    private LogWitness() {}

    /** What became of it. */
    public sealed interface Finding {
        /** It grew, or stayed as it was. @param now the checkpoint to remember */
        record Consistent(LogCheckpoint now) implements Finding {}

        /** @param now empty when there is no file any more */
        record Broken(LogCheckpoint before, Optional<LogCheckpoint> now, String sentence) implements Finding {}

        /** There is none, and there was none before. */
        record Absent() implements Finding {}
    }

    /** @param before of the last visit, or null at the first */
    public static Finding compare(Path file, @Nullable LogCheckpoint before, Instant now) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            PrefixDigest read = new PrefixDigest(before == null ? -1 : before.bytes());
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (channel.read(chunk.clear()) >= 0) {
                read.add(chunk.array(), chunk.position());
            }
            LogCheckpoint checkpoint = new LogCheckpoint(read.lineBytes, read.lines, read.ofLines(), now.toString());
            if (before == null || before.sha256().equals(read.prefix)) {
                return new Finding.Consistent(checkpoint);
            }
            return new Finding.Broken(
                    before,
                    Optional.of(checkpoint),
                    read.total < before.bytes()
                            ? "the file has become shorter: records were cut, or it was rolled back"
                            : "what the file held at the last visit is not its beginning any more: it was edited or replaced");
        } catch (NoSuchFileException gone) {
            return before == null
                    ? new Finding.Absent()
                    : new Finding.Broken(before, Optional.empty(), "the file is gone");
        }
    }

    /** SHA-256 at two places of one pass: after the remembered bytes, and after the last line feed. */
    private static final class PrefixDigest {
        private final long until;
        private MessageDigest digest = Digests.newSha256();
        private MessageDigest atLine = Digests.newSha256();
        private long total;
        private long lineBytes;
        private long lines;
        private @Nullable String prefix;

        PrefixDigest(long until) {
            this.until = until;
            if (until == 0) {
                prefix = text(digest);
            }
        }

        void add(byte[] chunk, int length) {
            int from = 0;
            while (from < length) {
                int to = length;
                if (total < until && total + (length - from) >= until) {
                    to = from + (int) (until - total);
                }
                lineFeeds(chunk, from, to);
                total += to - from;
                from = to;
                if (total == until) {
                    prefix = text(digest);
                }
            }
        }

        private void lineFeeds(byte[] chunk, int from, int to) {
            int start = from;
            int last = -1;
            for (int i = from; i < to; i++) {
                if (chunk[i] == '\n') {
                    lines++;
                    last = i;
                }
            }
            if (last >= 0) {
                digest.update(chunk, start, last + 1 - start);
                atLine = copy(digest);
                lineBytes = total + last + 1 - from;
                start = last + 1;
            }
            digest.update(chunk, start, to - start);
        }

        String ofLines() {
            return text(atLine);
        }

        private static String text(MessageDigest digest) {
            return HexFormat.of().formatHex(copy(digest).digest());
        }

        private static MessageDigest copy(MessageDigest digest) {
            try {
                return (MessageDigest) digest.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
            }
        }
    }
}
