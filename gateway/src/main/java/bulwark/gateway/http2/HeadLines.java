package bulwark.gateway.http2;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Header lines that this gateway wrote for HTTP/1.1, as lines of a header list. */
final class HeadLines {
    private static final AsciiString HOST = AsciiString.cached("host");

    private HeadLines() {}

    /**
     * Adds the lines up to the blank one, names in lower case, without {@code host} and those of a connection.
     *
     * @param bytes become the list's own and are changed
     */
    static void add(HeaderList list, byte[] bytes, int start) {
        int at = start;
        while (at + 1 < bytes.length && bytes[at] != '\r') {
            int nameEnd = at;
            for (; bytes[nameEnd] != ':'; nameEnd++) {
                byte c = bytes[nameEnd];
                bytes[nameEnd] = c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c;
            }
            int end = lineEnd(bytes, nameEnd);
            AsciiString name = new AsciiString(bytes, at, nameEnd - at, false);
            if (!HeaderListSyntax.isText(name, HOST) && !HeaderListSyntax.isOfConnection(name)) {
                list.add(name, value(bytes, nameEnd + 1, end));
            }
            at = end + 2;
        }
    }

    /** The value of {@code Host}, or null. */
    static @Nullable AsciiString host(byte[] bytes, int start) {
        int at = start;
        while (at + 1 < bytes.length && bytes[at] != '\r') {
            int end = lineEnd(bytes, at);
            if (bytes[at + HOST.length()] == ':'
                    && new AsciiString(bytes, at, HOST.length(), false).contentEqualsIgnoreCase(HOST)) {
                return value(bytes, at + HOST.length() + 1, end);
            }
            at = end + 2;
        }
        return null;
    }

    private static AsciiString value(byte[] bytes, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isBlank(bytes[from])) {
            from++;
        }
        while (to > from && isBlank(bytes[to - 1])) {
            to--;
        }
        return new AsciiString(bytes, from, to - from, false);
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    static int lineEnd(byte[] bytes, int start) {
        int at = start;
        while (bytes[at] != '\r') {
            at++;
        }
        return at;
    }
}
