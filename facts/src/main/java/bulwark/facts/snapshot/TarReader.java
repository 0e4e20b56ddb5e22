package bulwark.facts.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads archives from untrusted sources: only regular files with names and sizes that the caller allows, each once. Everything else
 * (links, devices, folders, other names, long-name extensions, bad checksums, missing end) is refused before a byte of it is
 * used, so no entry can choose a path. For one thread.
 */
final class TarReader {
    private static final int BUFFER = 64 * 1024;
    private static final int MAX_PADDING = 10_240;

    private final InputStream in;
    private final Map<String, Long> allowed;
    private final Set<String> seen = new HashSet<>();
    private long left;
    private long padding;

    /** @param allowed largest size in bytes for each name that may occur */
    TarReader(InputStream in, Map<String, Long> allowed) {
        this.in = in;
        this.allowed = allowed;
    }

    /** Name of the next entry; the former one's content must have been copied. Empty at the end of the archive. */
    Optional<String> next() throws IOException {
        if (left > 0) {
            throw new IllegalStateException("the former entry was not read");
        }
        byte[] header = in.readNBytes(TarWriter.BLOCK);
        if (header.length < TarWriter.BLOCK) {
            throw new SnapshotRefused("The archive is cut off.");
        }
        if (isZero(header)) {
            refuseMore();
            return Optional.empty();
        }
        if (octal(header, 148, 8) != TarWriter.checksum(header)) {
            throw new SnapshotRefused("The archive is damaged: a header has the wrong checksum.");
        }
        if (header[156] != '0' && header[156] != 0) {
            throw new SnapshotRefused("The archive holds something other than a regular file.");
        }
        String name = text(header, 0, 100);
        Long limit = allowed.get(name);
        if (limit == null || header[345] != 0) {
            throw new SnapshotRefused("The archive holds an entry that no snapshot has.");
        }
        if (!seen.add(name)) {
            throw new SnapshotRefused("The archive holds " + name + " twice.");
        }
        left = octal(header, 124, 12);
        if (left > limit) {
            throw new SnapshotRefused(name + " in the archive is larger than the allowed " + limit + " bytes.");
        }
        padding = (TarWriter.BLOCK - left % TarWriter.BLOCK) % TarWriter.BLOCK;
        return Optional.of(name);
    }

    /** Only padding may follow the end; reading it also lets the compressed stream check its own sum. */
    private void refuseMore() throws IOException {
        byte[] rest = in.readNBytes(MAX_PADDING + 1);
        if (rest.length > MAX_PADDING || !isZero(rest)) {
            throw new SnapshotRefused("The archive holds something after its end.");
        }
    }

    /** Copies the content of the present entry. */
    void copyTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new SnapshotRefused("The archive is cut off.");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
        if (in.readNBytes((int) padding).length < padding) {
            throw new SnapshotRefused("The archive is cut off.");
        }
    }

    private static boolean isZero(byte[] header) {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.US_ASCII);
    }

    private static long octal(byte[] header, int at, int length) {
        String digits = text(header, at, length).strip();
        if (digits.isEmpty() || digits.length() > 11 || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
            throw new SnapshotRefused("The archive is damaged: a header has a number that is none.");
        }
        return Long.parseLong(digits, 8);
    }
}
