package bulwark.acceptance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Looks for a secret in everything that a process can write to, in every form that a program gives 32 bytes. Linux, as the owner of the process or root. */
final class ProcessMemory {
    private static final int CHUNK_BYTES = 1 << 20;

    private ProcessMemory() {}

    /** Bytes as they are, as digits in both cases and both widths of characters, in base64, and as the words of a big number. */
    static List<byte[]> forms(byte[] secret) {
        String digits = HexFormat.of().formatHex(secret);
        String upper = digits.toUpperCase(Locale.ROOT);
        List<byte[]> forms = new ArrayList<>(List.of(secret, reversed(secret), words(secret)));
        for (String text : List.of(
                digits,
                upper,
                Base64.getEncoder().encodeToString(secret),
                Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
                Base64.getEncoder().encodeToString(digits.getBytes(StandardCharsets.US_ASCII)))) {
            forms.add(text.getBytes(StandardCharsets.US_ASCII));
            forms.add(text.getBytes(StandardCharsets.UTF_16LE));
        }
        return forms;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** As an array of numbers of 32 bits lies in the memory of this machine. */
    private static byte[] words(byte[] bytes) {
        ByteBuffer given = ByteBuffer.wrap(bytes);
        ByteBuffer words = ByteBuffer.allocate(bytes.length).order(ByteOrder.nativeOrder());
        while (given.hasRemaining()) {
            words.putInt(given.getInt());
        }
        return words.array();
    }

    /** Where the first form was found; empty when none was. */
    static List<String> find(long pid, List<byte[]> forms) throws IOException {
        List<String> found = new ArrayList<>();
        boolean[] starts = starts(forms);
        int longest = forms.stream().mapToInt(form -> form.length).max().orElseThrow();
        byte[] chunk = new byte[CHUNK_BYTES + longest];
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps"))) {
                String[] fields = line.split(" +");
                if (!fields[1].startsWith("rw")) {
                    continue;
                }
                String[] range = fields[0].split("-");
                long to = Long.parseUnsignedLong(range[1], 16);
                for (long at = Long.parseUnsignedLong(range[0], 16); at < to; at += CHUNK_BYTES) {
                    int length = read(memory, at, chunk, (int) Math.min(chunk.length, to - at));
                    if (contains(chunk, length, forms, starts)) {
                        found.add(line);
                    }
                }
            }
        }
        return found;
    }

    /** A page may be gone meanwhile. */
    private static int read(RandomAccessFile memory, long at, byte[] chunk, int length) {
        try {
            memory.seek(at);
            int read = 0;
            while (read < length) {
                int more = memory.read(chunk, read, length - read);
                if (more < 0) {
                    break;
                }
                read += more;
            }
            return read;
        } catch (IOException gone) {
            return 0;
        }
    }

    static boolean contains(byte[] bytes, List<byte[]> forms) {
        return contains(bytes, bytes.length, forms, starts(forms));
    }

    private static boolean contains(byte[] bytes, int length, List<byte[]> forms, boolean[] starts) {
        for (int i = 0; i + 1 < length; i++) {
            if (starts[(bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff]) {
                for (byte[] form : forms) {
                    if (i + form.length <= length && Arrays.equals(bytes, i, i + form.length, form, 0, form.length)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** By the first two bytes. */
    private static boolean[] starts(List<byte[]> forms) {
        boolean[] starts = new boolean[1 << 16];
        for (byte[] form : forms) {
            starts[(form[0] & 0xff) << 8 | form[1] & 0xff] = true;
        }
        return starts;
    }
}
