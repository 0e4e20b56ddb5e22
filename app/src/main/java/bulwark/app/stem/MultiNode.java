package bulwark.app.stem;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One of several workers on this machine. Texts may hold {@code %n} node, {@code %N} in upper case, {@code %h} host, {@code %I} and {@code %i} index from 1, {@code %d} UTC stamp, {@code %%}. */
record MultiNode(String name, int index, String host, Instant now) {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    String fill(String template) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c != '%' || i + 1 == template.length()) {
                text.append(c);
                continue;
            }
            i++;
            text.append(
                    switch (template.charAt(i)) {
                        case 'n' -> name;
                        case 'N' -> name.toUpperCase(Locale.ROOT);
                        case 'h' -> host;
                        case 'I', 'i' -> String.valueOf(index);
                        case 'd' -> STAMP.format(now);
                        case '%' -> "%";
                        default -> "%" + template.charAt(i);
                    });
        }
        return text.toString();
    }

    Path path(Path directory, String template) {
        return directory.resolve(fill(template));
    }
}
