package bulwark.gateway.proxy;

import bulwark.gateway.http2.HeaderList;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/** Hands the frames of a client's connection to the exchanges that they belong to. */
final class Http2ClientFrames extends Http2StreamFrames<Http2Exchange> {
    private final Http2ClientConnection connection;

    Http2ClientFrames(Http2ClientConnection connection) {
        this.connection = connection;
    }

    @Override
    Http2Connection http2() {
        return connection.codec.connection();
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        Http2Stream stream = connection.codec.connection().stream(streamId);
        if (stream == null || !(headers instanceof HeaderList list)) {
            return;
        }
        Http2Exchange known = exchange(stream);
        if (known != null) {
            known.trailers(list, end);
            return;
        }
        if (!connection.isTrusted()) {
            connection.abort();
            return;
        }
        open(stream).begin(list, end);
    }

    private Http2Exchange open(Http2Stream stream) {
        Http2Exchange begun = new Http2Exchange(connection, stream);
        assign(stream, begun);
        return begun;
    }

    /** Of the request, or of the trailers of one that is under way. */
    void headersTooLarge(Http2Stream stream) {
        Http2Exchange known = exchange(stream);
        if (known == null) {
            open(stream).refuseLargeHead();
        } else {
            known.trailersTooLarge();
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
            throws Http2Exception {
        Http2Exchange exchange = exchange(streamId);
        int bytes = data.readableBytes() + padding;
        return exchange == null ? bytes : exchange.data(data, bytes, end);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
        connection.pingAnswered(data);
    }

    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext ctx, int streamId, int promisedStreamId, Http2Headers headers, int padding)
            throws Http2Exception {
        throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "a client does not push");
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2Exchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.closed();
        }
    }

    /** Of one stream, or of all with the connection. */
    void writabilityChanged(Http2Stream stream) {
        Http2Exchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.writabilityChanged();
        }
    }
}
