package bulwark.app.stem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code NAME=value} lines, with or without {@code export} and quotes; nothing is expanded. */
final class EnvFile {
    private EnvFile() {}

    /** @throws StemFailed naming the line */
    static Map<String, String> read(Path file) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        int number = 0;
        for (String raw : Files.readAllLines(file)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String pair = line.startsWith("export ")
                    ? line.substring("export ".length()).strip()
                    : line;
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw StemFailed.usage(file + ", line " + number + ": expected NAME=value");
            }
            values.put(
                    pair.substring(0, equals).strip(),
                    unquoted(pair.substring(equals + 1).strip()));
        }
        return values;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
