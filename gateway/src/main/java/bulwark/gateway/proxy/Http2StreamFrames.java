package bulwark.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hands the frames of one connection to the exchanges that they belong to. Used on the connection's event loop.
 *
 * @param <E> one for each stream
 */
abstract class Http2StreamFrames<E> extends Http2EventAdapter {
    private @Nullable PropertyKey key;

    /** Of the codec, which is made after this. */
    abstract Http2Connection http2();

    private PropertyKey key() {
        PropertyKey known = key;
        if (known == null) {
            known = http2().newKey();
            key = known;
        }
        return known;
    }

    /** The stream is this exchange's from now on. */
    final void assign(Http2Stream stream, E exchange) {
        stream.setProperty(key(), exchange);
    }

    final @Nullable E exchange(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(key());
    }

    final @Nullable E exchange(int streamId) {
        return exchange(http2().stream(streamId));
    }

    /** Priorities are not used. */
    @Override
    public final void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, end);
    }
}
