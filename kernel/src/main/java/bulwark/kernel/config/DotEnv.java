package bulwark.kernel.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code .env} form: {@code NAME=VALUE} lines, an optional {@code export}, comments after {@code #}, single quotes (raw)
 * and double quotes (with {@code \n \r \t \" \\ \$}). Nothing is expanded.
 *
 * @param problems one sentence each, with the line but never the value
 */
public record DotEnv(Map<String, String> values, List<String> problems) {
    private static final Pattern LINE =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=[ \\t]*(.*?)\\s*", Pattern.DOTALL);

    public static DotEnv parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> problems = new java.util.ArrayList<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add(".env line " + number + " is not NAME=VALUE");
                continue;
            }
            String name = matcher.group(1);
            try {
                if (values.putIfAbsent(name, value(matcher.group(2))) != null) {
                    problems.add(".env line " + number + " sets " + name + " a second time: keep one");
                }
            } catch (IllegalArgumentException e) {
                problems.add(".env line " + number + " (" + name + ") " + e.getMessage());
            }
        }
        return new DotEnv(Map.copyOf(values), List.copyOf(problems));
    }

    private static String value(String raw) {
        if (raw.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("has a NUL character");
        }
        if (raw.startsWith("'") || raw.startsWith("\"")) {
            return quoted(raw, raw.charAt(0));
        }
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '#' && (i == 0 || Character.isWhitespace(raw.charAt(i - 1)))) {
                return raw.substring(0, i).strip();
            }
        }
        return raw;
    }

    private static String quoted(String raw, char quote) {
        StringBuilder value = new StringBuilder();
        for (int i = 1; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == quote) {
                String rest = raw.substring(i + 1).strip();
                if (!rest.isEmpty() && !rest.startsWith("#")) {
                    throw new IllegalArgumentException("has text after the closing quote");
                }
                return value.toString();
            }
            if (c == '\\' && quote == '"' && i + 1 < raw.length()) {
                value.append(escape(raw.charAt(++i)));
            } else {
                value.append(c);
            }
        }
        throw new IllegalArgumentException("has no closing quote");
    }

    private static String escape(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '"', '\\', '$' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }
}
