package bulwark.gateway.proxy;

import bulwark.gateway.http2.HeaderList;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;

/** Hands the frames of an upstream's connection to the exchanges that they belong to. */
final class Http2UpstreamFrames extends Http2StreamFrames<Http2UpstreamExchange> {
    private static final long REFUSED_STREAM = 7;

    private final Http2UpstreamConnection connection;

    Http2UpstreamFrames(Http2UpstreamConnection connection) {
        this.connection = connection;
    }

    @Override
    Http2Connection http2() {
        return connection.codec.connection();
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end) {
        Http2UpstreamExchange exchange = exchange(streamId);
        if (exchange != null && headers instanceof HeaderList list) {
            exchange.headers(list, end);
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        connection.ready();
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
        Http2UpstreamExchange exchange = exchange(streamId);
        int bytes = data.readableBytes() + padding;
        return exchange == null ? bytes : exchange.data(data, bytes, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
        Http2UpstreamExchange exchange = exchange(streamId);
        if (exchange != null && errorCode == REFUSED_STREAM) {
            exchange.refused();
        }
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debug) {
        connection.goAway(lastStreamId);
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2UpstreamExchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.closed();
        }
    }

    /** Of one stream, or of all with the connection. */
    void writabilityChanged(Http2Stream stream) {
        Http2UpstreamExchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.writabilityChanged();
        }
    }
}
