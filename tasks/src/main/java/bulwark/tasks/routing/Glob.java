package bulwark.tasks.routing;

import java.util.regex.Pattern;

/** A pattern of names: {@code *} and {@code ?} do not cross a slash, {@code **} does, {@code {a,b}} are alternatives, {@code [abc]} one of a set. Immutable. */
public record Glob(String text, Pattern pattern) {
    /** @throws IllegalArgumentException with a sentence to stand after the pattern's path */
    public static Glob of(String text) {
        StringBuilder regex = new StringBuilder();
        int braces = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> {
                    boolean crossing = i + 1 < text.length() && text.charAt(i + 1) == '*';
                    regex.append(crossing ? ".*" : "[^/]*");
                    i += crossing ? 1 : 0;
                }
                case '?' -> regex.append("[^/]");
                case '{' -> {
                    braces++;
                    regex.append("(?:");
                }
                case '}' -> {
                    braces--;
                    regex.append(')');
                }
                case ',' -> regex.append(braces > 0 ? "|" : ",");
                case '[' -> {
                    int end = text.indexOf(']', i + 2);
                    if (end < 0) {
                        throw new IllegalArgumentException("has a [ that is never closed");
                    }
                    regex.append(set(text.substring(i + 1, end)));
                    i = end;
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
            if (braces < 0 || braces > 1) {
                throw new IllegalArgumentException("has braces that do not pair, or braces within braces");
            }
        }
        if (braces != 0) {
            throw new IllegalArgumentException("has a { that is never closed");
        }
        return new Glob(text, Pattern.compile(regex.toString()));
    }

    private static String set(String inside) {
        boolean negated = inside.startsWith("!");
        String members = (negated ? inside.substring(1) : inside).replaceAll("([\\\\\\[\\]&^])", "\\\\$1");
        return (negated ? "[^/" : "[") + members + "]";
    }

    public boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
