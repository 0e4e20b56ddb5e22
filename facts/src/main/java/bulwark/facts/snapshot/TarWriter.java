package bulwark.facts.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes regular files as POSIX ustar: mode 0600, owner 0, time 0, so equal contents give equal archives. For one thread. */
final class TarWriter {
    static final int BLOCK = 512;

    /** What eleven octal digits hold. */
    static final long MAX_SIZE = (1L << 33) - 1;

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void add(String name, byte[] content) throws IOException {
        out.write(header(name, content.length));
        out.write(content);
        pad(content.length);
    }

    void add(String name, Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_SIZE) {
            throw new SnapshotRefused(file + " is larger than 8 GiB, which this archive format cannot hold.");
        }
        out.write(header(name, size));
        if (Files.copy(file, out) != size) {
            throw new IOException(file + " changed while it was read");
        }
        pad(size);
    }

    /** Ends the archive; the stream stays open. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private static byte[] header(String name, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000600\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format("%011o\0", size));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        put(header, 156, "0");
        put(header, 257, "ustar\00000");
        put(header, 148, String.format("%06o\0 ", checksum(header)));
        return header;
    }

    /** Sum of all bytes with the checksum field read as spaces. */
    static int checksum(byte[] header) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        return sum;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
