package bulwark.gateway.opensearch;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** How far records were sent: a number in a file. One that is lost sends everything again, which doubles nothing. */
record SinkPosition(Path file) {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /** 0 when there is none, or none that can be read. */
    long read() throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    void write(long number) throws IOException {
        OwnerOnlyFiles.write(file, (number + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
