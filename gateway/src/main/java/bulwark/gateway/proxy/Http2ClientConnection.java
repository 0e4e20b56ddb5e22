package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.http2.FrameBudget;
import bulwark.gateway.http2.Http2Codec;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection of HTTP/2: many calls at once, each an {@link Http2Exchange}. Stands behind the codec in the pipeline. */
final class Http2ClientConnection extends TimedConnection implements Http2Codec.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Http2ClientConnection.class);
    /** As RFC 9113 §6.8 has it for a graceful end: no stream is refused yet. */
    private static final int EVERY_STREAM = Integer.MAX_VALUE;
    /** Its answer comes behind every stream that was opened before the client read the first GOAWAY. */
    private static final long END_PING = 0x656e64;

    private static final long END_PING_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        OPEN,
        /** The client was asked to open no more streams; those that it has opened meanwhile are still taken. */
        ENDING,
        ENDED
    }

    final ListenerContext listener;
    final LoopWorker worker;
    final CallPeer peer;
    final byte[] peerLines;
    final FrameBudget budget;
    final Http2Codec codec;
    private final List<Http2Exchange> exchanges = new ArrayList<>();
    private final List<Http2Exchange> read = new ArrayList<>();
    private ChannelHandlerContext context;
    private CommonFlush flush;
    private ChannelHandlerContext codecContext;
    private State state = State.OPEN;
    private final Http2ClientFrames frames;
    private long idleSinceNanos;
    private long unwritableSinceNanos;
    private long endingSinceNanos;
    private long endedSinceNanos;

    @SuppressWarnings({"NullAway.Init", "this-escape"
    }) // the contexts are there once both handlers are added; the codec only keeps this
    private Http2ClientConnection(ListenerContext listener, LoopWorker worker, CallPeer peer) {
        this.listener = listener;
        this.worker = worker;
        this.peer = peer;
        this.peerLines = PeerLines.of(peer);
        this.budget = new FrameBudget(listener.plane().limits.http2().freeFrames(), worker.time);
        this.frames = new Http2ClientFrames(this);
        this.codec = Http2Codec.server(listener.plane().limits.http2(), budget, frames, this);
        codec.connection().addListener(frames);
        codec.encoder().flowController().listener(frames::writabilityChanged);
    }

    /** Puts codec and connection in the place of a handler. */
    static void open(
            ChannelHandlerContext ctx,
            ChannelHandler former,
            ListenerContext listener,
            LoopWorker worker,
            CallPeer peer) {
        Http2ClientConnection connection = new Http2ClientConnection(listener, worker, peer);
        ctx.pipeline().addAfter(ctx.name(), null, connection);
        ctx.pipeline().replace(former, null, connection.codec);
        connection.opened(ctx.pipeline().context(connection.codec));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        flush = new CommonFlush(ctx);
    }

    private void opened(ChannelHandlerContext ofCodec) {
        codecContext = ofCodec;
        codec.openConnectionWindow(listener.plane().limits.http2().connectionWindowBytes());
        context.flush();
        worker.opened(this);
        idleSinceNanos = worker.nanos();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.ENDED;
        worker.closed(this);
        for (Http2Exchange exchange : List.copyOf(exchanges)) {
            exchange.closed();
        }
    }

    /** For what is written to the codec itself. */
    ChannelHandlerContext codecContext() {
        return codecContext;
    }

    void flush() {
        flush.request();
    }

    /** Whether the client's certificate, if it showed one, still counts. */
    boolean isTrusted() {
        ListenerTls tls = listener.tls();
        return tls == null || peer.certificates().isEmpty() || tls.material().stillTrusted(peer.certificates());
    }

    void began(Http2Exchange exchange) {
        exchanges.add(exchange);
    }

    void ended(Http2Exchange exchange) {
        exchanges.remove(exchange);
        idleSinceNanos = worker.nanos();
    }

    /** Some of this exchange's body was handed out in this batch of reads. */
    void wasRead(Http2Exchange exchange) {
        read.add(exchange);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        for (Http2Exchange exchange : read) {
            exchange.batchEnded();
        }
        read.clear();
    }

    /** A client that takes no answers makes no requests. The flow controller reports it for each stream besides. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        unwritableSinceNanos = worker.nanos();
        ctx.channel().config().setAutoRead(writable);
    }

    private boolean isStalled(long nowNanos) {
        return !context.channel().isWritable()
                && nowNanos - unwritableSinceNanos
                        > listener.plane().limits.writeTimeout().toNanos();
    }

    @Override
    void abort() {
        codecContext.close();
    }

    // What the codec decides.

    @Override
    public void flooded(FrameBudget.Kind kind) {
        listener.plane().metrics.flooded(kind.reason());
        LOG.warn("a client at {} floods its connection ({}) and is cut off", peer.host(), kind.reason());
    }

    @Override
    public void headersTooLarge(int streamId) {
        Http2Stream stream = codec.connection().stream(streamId);
        if (stream != null) {
            frames.headersTooLarge(stream);
            context.flush(); // Netty resets the stream next, which drops what is not written.
        }
    }

    // Time.

    @Override
    void tick(long nowNanos) {
        if (isStalled(nowNanos)) {
            abort();
            return;
        }
        // Backwards, since an exchange that ends leaves the list.
        for (int i = exchanges.size() - 1; i >= 0; i--) {
            if (i < exchanges.size()) {
                exchanges.get(i).tick(nowNanos);
            }
        }
        long idle = listener.plane().limits.idleTimeout().toNanos();
        if (state == State.ENDED) {
            if (exchanges.isEmpty() && nowNanos - endedSinceNanos > idle) {
                abort(); // What was said last is not taken.
            }
        } else if (state == State.ENDING && nowNanos - endingSinceNanos > END_PING_TIMEOUT_NANOS
                || exchanges.isEmpty() && nowNanos - idleSinceNanos > idle) {
            end();
        }
    }

    /** Says that no stream is taken any more, and closes after the last one. */
    private void end() {
        if (state != State.ENDED) {
            state = State.ENDED;
            endedSinceNanos = worker.nanos();
            int last = codec.connection().remote().lastStreamCreated();
            codec.goAway(codecContext, last, 0, Unpooled.EMPTY_BUFFER, codecContext.newPromise());
            context.close();
        }
    }

    @Override
    void drain() {
        if (state == State.OPEN) {
            state = State.ENDING;
            endingSinceNanos = worker.nanos();
            codec.goAway(codecContext, EVERY_STREAM, 0, Unpooled.EMPTY_BUFFER, codecContext.newPromise());
            codec.encoder().writePing(codecContext, false, END_PING, codecContext.newPromise());
            flush();
        }
    }

    /** The client answered a ping. */
    void pingAnswered(long data) {
        if (state == State.ENDING && data == END_PING) {
            end();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client connection failed and is closed", cause);
        }
        abort();
    }
}
