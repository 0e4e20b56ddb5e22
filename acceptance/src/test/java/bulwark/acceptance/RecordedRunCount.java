package bulwark.acceptance;

import bulwark.acceptance.handlers.Recording;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many runs {@link Recording} left in a file: only what came since the last look is read. Used by one thread. */
final class RecordedRunCount {
    private static final String END = " " + Recording.WHOLE;

    private final Path file;
    private String unfinished = "";
    private long read;
    private int runs;

    RecordedRunCount(Path file) {
        this.file = file;
    }

    int total() throws IOException {
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(read);
                byte[] more = in.readAllBytes();
                read += more.length;
                count(unfinished + new String(more, StandardCharsets.ISO_8859_1));
            }
        }
        return runs;
    }

    private void count(String text) {
        for (int at = text.indexOf(END); at >= 0; at = text.indexOf(END, at + END.length())) {
            runs++;
        }
        unfinished = text.substring(Math.max(0, text.length() - END.length() + 1));
    }
}
