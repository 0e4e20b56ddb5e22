package bulwark.kernel.error;

/**
 * Texts that untrusted senders chose, made fit for a log line, a terminal and an audit row: what would move the cursor, break the line, turn the direction of the
 * text around or have no UTF-8 form becomes a question mark.
 */
public final class PrintableText {
    private static final int MAX_LENGTH = 200;

    private PrintableText() {}

    /** One line of at most {@value #MAX_LENGTH} characters and a mark where it was cut. */
    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /** One line of at most {@code maxLength} characters and a mark where it was cut. */
    public static String of(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return line(text);
        }
        int end = Character.isHighSurrogate(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
        return line(text.substring(0, end)) + "…";
    }

    /** One line, however long. */
    public static String line(String text) {
        return replaced(text, false);
    }

    /** As {@link #line}, but line feeds and tabs stay. */
    public static String lines(String text) {
        return replaced(text, true);
    }

    private static String replaced(String text, boolean layout) {
        if (text.codePoints().allMatch(c -> isHarmless(c, layout))) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(isHarmless(c, layout) ? c : '?'));
        return out.toString();
    }

    private static boolean isHarmless(int c, boolean layout) {
        if (c < 0x7F) {
            return c >= ' ' || layout && (c == '\n' || c == '\t');
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.FORMAT -> !turnsDirection(c);
            default -> true;
        };
    }

    /** Embeddings, overrides and isolates (Unicode Standard Annex 9). */
    private static boolean turnsDirection(int c) {
        return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
    }
}
