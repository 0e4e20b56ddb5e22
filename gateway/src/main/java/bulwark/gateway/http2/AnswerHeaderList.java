package bulwark.gateway.http2;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** Header lists out of heads and trailers of HTTP/1.1 that this gateway wrote, so that both versions bear the same lines. */
public final class AnswerHeaderList {
    private static final int STATUS_START = 9;
    private static final int USUAL_FIELDS = 24;

    private AnswerHeaderList() {}

    /** @param head status line, header lines and blank line; becomes the list's own and is changed */
    public static Http2Headers ofHead(byte[] head) {
        int status =
                (head[STATUS_START] - '0') * 100 + (head[STATUS_START + 1] - '0') * 10 + (head[STATUS_START + 2] - '0');
        Http2Headers list = new DefaultHttp2Headers(false, USUAL_FIELDS);
        list.status(HttpResponseStatus.valueOf(status).codeAsText());
        addLines(list, head, lineEnd(head, 0) + 2);
        return list;
    }

    /** @param lines header lines and blank line; as above */
    public static Http2Headers ofTrailers(byte[] lines) {
        Http2Headers list = new DefaultHttp2Headers(false, USUAL_FIELDS);
        addLines(list, lines, 0);
        return list;
    }

    /** Adds header lines up to the blank one. */
    static void addLines(Http2Headers list, byte[] bytes, int start) {
        int at = start;
        while (at + 1 < bytes.length && bytes[at] != '\r') {
            int end = lineEnd(bytes, at);
            int nameEnd = at;
            for (; bytes[nameEnd] != ':'; nameEnd++) {
                byte c = bytes[nameEnd];
                bytes[nameEnd] = c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c;
            }
            AsciiString name = new AsciiString(bytes, at, nameEnd - at, false);
            if (!HeaderText.isOfConnection(name)) {
                list.add(name, value(bytes, nameEnd + 1, end));
            }
            at = end + 2;
        }
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

    private static int lineEnd(byte[] bytes, int start) {
        int at = start;
        while (bytes[at] != '\r') {
            at++;
        }
        return at;
    }
}
