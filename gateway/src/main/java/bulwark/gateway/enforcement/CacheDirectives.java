package bulwark.gateway.enforcement;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field {@code Cache-Control} of a request or an answer (RFC 9111 §5.2). What cannot be read counts on the strict side. Immutable. */
final class CacheDirectives {
    private static final long MAX_SECONDS = 1L << 31;

    private final Map<String, String> values;

    private CacheDirectives(Map<String, String> values) {
        this.values = values;
    }

    /** @param lines all lines of the field */
    static CacheDirectives of(List<String> lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int at = 0;
            while (at < line.length()) {
                int end = directiveEnd(line, at);
                String directive = line.substring(at, end).strip();
                int equals = directive.indexOf('=');
                String name = (equals < 0 ? directive : directive.substring(0, equals))
                        .strip()
                        .toLowerCase(Locale.ROOT);
                String value = equals < 0
                        ? ""
                        : unquoted(directive.substring(equals + 1).strip());
                // Of a directive that comes twice the first counts; of two lengths of time the shorter one would be as
                // good.
                values.putIfAbsent(name, value);
                at = end + 1;
            }
        }
        return new CacheDirectives(values);
    }

    /** A comma within quotes belongs to the directive. */
    private static int directiveEnd(String line, int from) {
        boolean quoted = false;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return line.length();
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Null when it is not there; 0 when it is no number (RFC 9111 §4.2.1). */
    @Nullable
    Long seconds(String name) {
        String value = values.get(name);
        if (value == null) {
            return null;
        }
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0L;
        }
        return value.length() > 10
                ? Long.valueOf(MAX_SECONDS)
                : Long.valueOf(Math.min(MAX_SECONDS, Long.parseLong(value)));
    }
}
