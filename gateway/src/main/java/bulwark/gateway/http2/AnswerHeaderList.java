package bulwark.gateway.http2;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;

/** Header lists of answers out of heads and trailers of HTTP/1.1 that this gateway wrote, so that both versions bear the same lines. */
public final class AnswerHeaderList {
    private static final int STATUS_START = 9;

    private AnswerHeaderList() {}

    /** @param head status line, header lines and blank line; becomes the list's own and is changed */
    public static Http2Headers ofHead(byte[] head) {
        int status =
                (head[STATUS_START] - '0') * 100 + (head[STATUS_START + 1] - '0') * 10 + (head[STATUS_START + 2] - '0');
        HeaderList list = new HeaderList();
        list.add(
                Http2Headers.PseudoHeaderName.STATUS.value(),
                HttpResponseStatus.valueOf(status).codeAsText());
        HeadLines.add(list, head, HeadLines.lineEnd(head, 0) + 2);
        return list;
    }

    /** Of requests too. @param lines header lines and blank line; as above */
    public static Http2Headers ofTrailers(byte[] lines) {
        HeaderList list = new HeaderList();
        HeadLines.add(list, lines, 0);
        return list;
    }
}
