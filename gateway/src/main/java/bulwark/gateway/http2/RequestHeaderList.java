package bulwark.gateway.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;

/** The header list of a request out of a head of HTTP/1.1 that this gateway wrote for an upstream. */
public final class RequestHeaderList {
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");

    private RequestHeaderList() {}

    /**
     * With {@code te: trailers}, since trailers are passed on.
     *
     * @param head request line, header lines and blank line; becomes the list's own and is changed
     */
    public static Http2Headers ofHead(byte[] head, boolean secure) {
        int methodEnd = space(head, 0);
        int targetEnd = space(head, methodEnd + 1);
        int fields = HeadLines.lineEnd(head, targetEnd) + 2;
        HeaderList list = new HeaderList();
        list.add(PseudoHeaderName.METHOD.value(), new AsciiString(head, 0, methodEnd, false));
        list.add(PseudoHeaderName.SCHEME.value(), secure ? HTTPS : HTTP);
        list.add(PseudoHeaderName.PATH.value(), new AsciiString(head, methodEnd + 1, targetEnd - methodEnd - 1, false));
        AsciiString host = HeadLines.host(head, fields);
        if (host != null) {
            list.add(PseudoHeaderName.AUTHORITY.value(), host);
        }
        HeadLines.add(list, head, fields);
        return list.add(TE, TRAILERS);
    }

    private static int space(byte[] head, int start) {
        int at = start;
        while (head[at] != ' ') {
            at++;
        }
        return at;
    }
}
