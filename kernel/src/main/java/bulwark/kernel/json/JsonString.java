package bulwark.kernel.json;

/**
 * A JSON string as everything that is signed has it: {@code "}, {@code \} and U+0000–U+001F escaped, with the short escapes where there are some and hexadecimal
 * digits in lower case; everything else raw.
 */
public final class JsonString {
    private static final String HEX = "0123456789abcdef";

    /** What becomes of one half of a surrogate pair, which has no UTF-8 form. */
    public enum LoneSurrogate {
        /** An {@link IllegalArgumentException}: a substitute would give two texts the same hash. */
        REFUSED,
        /** Written as {@code \}{@code ud800}. */
        ESCAPED
    }

    private JsonString() {}

    /** Appends the text in quotes. */
    public static void append(StringBuilder out, String text, LoneSurrogate lone) {
        int length = text.length();
        int plain = plain(text, 0);
        if (plain == length) {
            // Nearly every text: copied as a whole.
            out.append('"').append(text).append('"');
            return;
        }
        out.append('"');
        int copied = 0;
        for (int i = plain; i < length; i = plain(text, i + 1)) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (lone == LoneSurrogate.REFUSED && Character.isSurrogate(c)) {
                throw new IllegalArgumentException("a text holds a lone surrogate, which has no UTF-8 form");
            }
            out.append(text, copied, i);
            escape(out, c);
            copied = i + 1;
        }
        out.append(text, copied, length).append('"');
    }

    /** The first place from here on whose character is escaped or half of a pair, or the length. */
    private static int plain(String text, int from) {
        int length = text.length();
        for (int i = from; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                return i;
            }
        }
        return length;
    }

    private static void escape(StringBuilder out, char c) {
        out.append('\\');
        switch (c) {
            case '"', '\\' -> out.append(c);
            case '\b' -> out.append('b');
            case '\t' -> out.append('t');
            case '\n' -> out.append('n');
            case '\f' -> out.append('f');
            case '\r' -> out.append('r');
            default -> {
                out.append('u');
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(c >> shift & 15));
                }
            }
        }
    }
}
