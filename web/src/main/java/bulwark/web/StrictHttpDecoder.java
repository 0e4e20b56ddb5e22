package bulwark.web;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.ContentLengthNotAllowedException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.util.List;

/**
 * Netty's strict decoder (bare LF, two lengths, length with chunks: all refused) with four additions: folded header lines
 * and names that are no tokens are refused too, each fault becomes a {@link RefusedRequest} instead of a torn connection, and the connection learns when a head begins.
 */
final class StrictHttpDecoder extends VertxHttpRequestDecoder {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    private final Connection connection;
    private boolean inHead = true;
    private boolean headBegun;
    private boolean failed;

    StrictHttpDecoder(Http1ServerConfig config, Connection connection) {
        super(config);
        this.connection = connection;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (failed) {
            connection.discarded(buffer.readableBytes());
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (inHead) {
            if (folded(buffer)) {
                refuse(new EdgeRefusal.BadRequest("Folded header lines are not accepted."), out);
                buffer.skipBytes(buffer.readableBytes());
                return;
            }
            if (headBegun) {
                connection.headBegins();
            }
        }
        super.decode(ctx, buffer, out);
        for (int i = 0; i < out.size(); i++) {
            inspect(out, i);
        }
    }

    private void inspect(List<Object> out, int i) {
        Object message = out.get(i);
        DecoderResult result = ((HttpObject) message).decoderResult();
        if (message instanceof HttpRequest request) {
            inHead = false;
            headBegun = false;
            connection.headEnds();
            if (result.isFailure()) {
                out.clear();
                refuse(refusalOf(result.cause()), out);
            } else if (!isSupported(request.protocolVersion())) {
                out.clear();
                refuse(new EdgeRefusal.BadRequest("Only HTTP/1.0 and HTTP/1.1 are supported."), out);
            } else if (!HeaderNames.allTokens(request.headers())) {
                out.clear();
                refuse(
                        new EdgeRefusal.BadRequest("A header line has no name, or one with a forbidden character."),
                        out);
            }
        } else if (result.isFailure()) {
            out.remove(i);
            ((HttpContent) message).release();
            failed = true;
            connection.bodyMalformed();
        } else if (message instanceof LastHttpContent) {
            inHead = true;
        }
    }

    private static boolean isSupported(HttpVersion version) {
        return version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
    }

    private void refuse(EdgeRefusal refusal, List<Object> out) {
        failed = true;
        connection.headEnds();
        out.add(new RefusedRequest(refusal));
    }

    /**
     * Whether a line of this head begins with a space or tab. Complete lines leave the buffer as they are parsed, so its first
     * byte always begins a line. Lines after the blank one belong to a body and are not looked at.
     */
    private boolean folded(ByteBuf buffer) {
        int end = buffer.writerIndex();
        int line = buffer.readerIndex();
        while (line < end) {
            byte first = buffer.getByte(line);
            if (first == ' ' || first == '\t') {
                return true;
            }
            int feed = buffer.indexOf(line, end, LF);
            boolean blank = feed == line || (first == CR && feed == line + 1);
            if (blank && headBegun) {
                return false;
            }
            if (!blank) {
                headBegun = true;
            }
            if (feed < 0) {
                return false;
            }
            line = feed + 1;
        }
        return false;
    }

    private static EdgeRefusal refusalOf(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> new EdgeRefusal.UriTooLong();
            case TooLongHttpHeaderException _ -> new EdgeRefusal.HeadersTooLarge();
            case ContentLengthNotAllowedException _ ->
                new EdgeRefusal.BadRequest("Content-Length and Transfer-Encoding must not come together.");
            default -> new EdgeRefusal.BadRequest("The request head is malformed.");
        };
    }
}
