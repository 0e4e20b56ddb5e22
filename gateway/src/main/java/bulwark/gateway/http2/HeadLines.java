package bulwark.gateway.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Header lines that this gateway wrote for HTTP/1.1, as lines of a header list. */
final class HeadLines {
    private HeadLines() {}

    /**
     * Adds the lines up to the blank one, names in lower case, without those of a connection.
     *
     * @param bytes become the list's own and are changed
     * @return the value of {@code host}, which is not added, or null
     */
    static @Nullable AsciiString add(Http2Headers list, byte[] bytes, int start) {
        AsciiString host = null;
        int at = start;
        while (at + 1 < bytes.length && bytes[at] != '\r') {
            int end = lineEnd(bytes, at);
            int nameEnd = at;
            for (; bytes[nameEnd] != ':'; nameEnd++) {
                byte c = bytes[nameEnd];
                bytes[nameEnd] = c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c;
            }
            AsciiString name = new AsciiString(bytes, at, nameEnd - at, false);
            if (HeaderListSyntax.isText(name, "host")) {
                host = value(bytes, nameEnd + 1, end);
            } else if (!HeaderListSyntax.isOfConnection(name)) {
                list.add(name, value(bytes, nameEnd + 1, end));
            }
            at = end + 2;
        }
        return host;
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
