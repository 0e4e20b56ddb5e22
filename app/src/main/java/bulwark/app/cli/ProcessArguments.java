package bulwark.app.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of this process as the UTF-8 that they are, whatever the locale says: under {@code LANG=C} the Java launcher puts a replacement character for each byte that is not
 * ASCII, so the bytes are read from the kernel again.
 */
public final class ProcessArguments {
    private static final char REPLACEMENT = '\uFFFD';
    /** Stands for a byte that is no UTF-8: half of a pair, which no text has. */
    private static final int UNDECODABLE = 0xDC00;

    private ProcessArguments() {}

    /** @param decoded as {@code main} got them */
    public static String[] read(String[] decoded) {
        return read(decoded, Path.of("/proc/self/cmdline"));
    }

    /** @param commandLine every argument of the process, each ended by a NUL */
    static String[] read(String[] decoded, Path commandLine) {
        if (Arrays.stream(decoded).noneMatch(each -> each.indexOf(REPLACEMENT) >= 0)) {
            return decoded;
        }
        List<byte[]> all;
        try {
            all = split(Files.readAllBytes(commandLine));
        } catch (IOException e) {
            // Where the kernel shows no command line, what the launcher read is all there is.
            return decoded;
        }
        if (all.size() < decoded.length) {
            return decoded;
        }
        return all.subList(all.size() - decoded.length, all.size()).stream()
                .map(ProcessArguments::text)
                .toArray(String[]::new);
    }

    private static List<byte[]> split(byte[] line) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                parts.add(Arrays.copyOfRange(line, from, i));
                from = i + 1;
            }
        }
        return parts;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder text = new StringBuilder();
            for (byte each : bytes) {
                text.append((char) (each < 0 ? UNDECODABLE | (each & 0xFF) : each));
            }
            return text.toString();
        }
    }

    /** Whether it can be written as UTF-8, which what stands for undecodable bytes cannot. */
    static boolean isText(String argument) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(argument);
    }
}
