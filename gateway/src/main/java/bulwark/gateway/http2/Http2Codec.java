package bulwark.gateway.http2;

import bulwark.gateway.http2.CountedFrameReader.FloodException;
import bulwark.gateway.http2.FrameBudget.Kind;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Frames of one connection: Netty's codec with header lists in their order and a budget of frames. */
public final class Http2Codec extends Http2ConnectionHandler {
    /** Hears of what the codec decides by itself, on the event loop. */
    public interface Listener {
        /** The other side sent too many frames of a kind, and the connection ends. */
        void flooded(Kind kind);

        /** A header list is beyond the limit; its stream is still open. */
        void headersTooLarge(int streamId);
    }

    private final FrameBudget budget;
    private final Listener listener;
    private boolean flooded;

    private Http2Codec(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            FrameBudget budget,
            Listener listener) {
        super(decoder, encoder, settings);
        this.budget = budget;
        this.listener = listener;
        gracefulShutdownTimeoutMillis(-1); // The data plane has a deadline of its own.
    }

    /** For a listener. @param frames hears of all that the budget allows */
    public static Http2Codec server(
            Http2Limits limits, FrameBudget budget, Http2FrameListener frames, Listener listener) {
        Http2Settings settings = settings(limits).maxConcurrentStreams(limits.concurrentStreams());
        return create(true, limits, settings, budget, frames, listener);
    }

    /** For a connection to an upstream, which may not push. */
    public static Http2Codec client(
            Http2Limits limits, FrameBudget budget, Http2FrameListener frames, Listener listener) {
        return create(false, limits, settings(limits).pushEnabled(false), budget, frames, listener);
    }

    private static Http2Settings settings(Http2Limits limits) {
        return new Http2Settings()
                .initialWindowSize(limits.streamWindowBytes())
                .maxHeaderListSize(limits.headerListBytes());
    }

    private static Http2Codec create(
            boolean server,
            Http2Limits limits,
            Http2Settings settings,
            FrameBudget budget,
            Http2FrameListener frames,
            Listener listener) {
        Http2Connection connection = new DefaultHttp2Connection(server, 0);
        if (server) {
            // Netty would keep to the limit only once the client has acknowledged the settings.
            connection.remote().maxActiveStreams(limits.concurrentStreams());
        }
        // Priorities of streams are no longer a part of HTTP/2 (RFC 9113 §5.3): streams share a connection evenly.
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(
                connection, new DefaultHttp2FrameWriter(NeverIndexedHeaders.STANDARD));
        CountedFrameReader reader = new CountedFrameReader(
                new DefaultHttp2FrameReader(new HeaderList.Decoder(limits.headerListBytes())), budget);
        // Header lists are checked by this package, each with a sentence; Netty's own check would answer with a reset
        // alone.
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false);
        Http2Codec codec = new Http2Codec(decoder, encoder, settings, budget, listener);
        decoder.frameListener(frames);
        return codec;
    }

    /** Lets the other side send this much of all bodies together. @param bytes more than the 65,535 that RFC 9113 begins with */
    public void openConnectionWindow(int bytes) {
        try {
            connection()
                    .local()
                    .flowController()
                    .incrementWindowSize(connection().connectionStream(), bytes - 65_535);
        } catch (Http2Exception e) {
            throw new IllegalArgumentException("a window has at most 2,147,483,647 bytes", e);
        }
    }

    /** A request is wrong and is about to be reset or refused. @return whether the client may go on; else the connection ends */
    public boolean spendFault(ChannelHandlerContext ctx) {
        if (flooded) {
            return false;
        }
        if (budget.spend(Kind.MADE_YOU_RESET)) {
            return true;
        }
        onError(ctx, false, new FloodException(Kind.MADE_YOU_RESET));
        return false;
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        if (outbound || spendFault(ctx)) {
            super.onStreamError(ctx, outbound, cause, fault);
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception fault) {
        if (!flooded && fault instanceof FloodException flood) {
            flooded = true;
            listener.flooded(flood.kind);
        } else if (!flooded && fault != null && fault.error() == Http2Error.ENHANCE_YOUR_CALM) {
            flooded = true;
            listener.flooded(Kind.CONTINUATION);
        }
        super.onConnectionError(ctx, outbound, cause, fault);
    }

    /** Netty's codec reads on when nothing else does; this one leaves a connection alone whose reads are switched off. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (ctx.channel().config().isAutoRead()) {
            super.channelReadComplete(ctx);
            return;
        }
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
        flush(ctx);
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        listener.headersTooLarge(stream.id());
    }
}
