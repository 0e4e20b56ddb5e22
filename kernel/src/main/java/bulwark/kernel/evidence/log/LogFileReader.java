package bulwark.kernel.evidence.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the lines of a log file, forwards and backwards, in bounded memory. */
final class LogFileReader {
    private static final int CHUNK = 1 << 16;
    /** No honest record comes near; a longer line is handed out in pieces, which then are no records. */
    static final int MAX_LINE = 8 << 20;

    private LogFileReader() {}

    /** Sees one line. */
    interface LineVisitor {
        /**
         * @param offset of the first byte
         * @param line without the line feed
         * @param ended false for a last line without a line feed
         * @return false to stop
         */
        boolean line(long offset, byte[] line, boolean ended) throws IOException;
    }

    static void forwards(FileChannel file, long from, long to, LineVisitor lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        long start = from;
        long at = from;
        while (at < to) {
            chunk.clear().limit((int) Math.min(CHUNK, to - at));
            int read = file.read(chunk, at);
            if (read < 0) {
                break;
            }
            int begin = 0;
            for (int i = 0; i < read; i++) {
                if (chunk.array()[i] == '\n') {
                    line.write(chunk.array(), begin, i - begin);
                    if (!lines.line(start, line.toByteArray(), true)) {
                        return;
                    }
                    line.reset();
                    begin = i + 1;
                    start = at + begin;
                }
            }
            line.write(chunk.array(), begin, read - begin);
            if (line.size() > MAX_LINE) {
                if (!lines.line(start, line.toByteArray(), true)) {
                    return;
                }
                line.reset();
                start = at + read;
            }
            at += read;
        }
        if (line.size() > 0) {
            lines.line(start, line.toByteArray(), false);
        }
    }

    /** Last line first. */
    static void backwards(FileChannel file, long to, LineVisitor lines) throws IOException {
        byte[] rest = {};
        boolean ended = false;
        long at = to;
        while (at > 0 || rest.length > 0) {
            int feed = lastFeed(rest);
            if (feed >= 0 || at == 0) {
                byte[] line = Arrays.copyOfRange(rest, feed + 1, rest.length);
                boolean nothingAfterLastFeed = at + rest.length == to && line.length == 0;
                if (!nothingAfterLastFeed && !lines.line(at + feed + 1, line, ended)) {
                    return;
                }
                ended = true;
                rest = Arrays.copyOf(rest, Math.max(feed, 0));
                if (feed <= 0 && at == 0) {
                    return;
                }
                continue;
            }
            if (rest.length > MAX_LINE) {
                throw new IOException("a line is longer than " + MAX_LINE + " bytes");
            }
            int size = (int) Math.min(CHUNK, at);
            rest = joined(read(file, at - size, size), rest);
            at -= size;
        }
    }

    static byte[] read(FileChannel file, long from, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.array();
    }

    private static int lastFeed(byte[] bytes) {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Whether a line could be the beginning of the record with this index, as a crash leaves it. */
    static boolean looksTorn(byte[] line, long index) {
        String begin = "{\"index\":" + index + ",";
        String text = new String(line, StandardCharsets.UTF_8);
        return text.startsWith(begin) || begin.startsWith(text);
    }
}
