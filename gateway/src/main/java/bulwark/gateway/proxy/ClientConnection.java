package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection of HTTP/1.1: reads one request after the other, and answers each before the next. */
final class ClientConnection extends TimedConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final byte LF = '\n';

    private enum State {
        /** Waits for a head. */
        HEAD,
        /** A head was read; stages decide, and the body waits. */
        DECIDING,
        /** The body goes to its consumer. */
        BODY,
        /** The request is whole; its answer is under way. */
        ANSWERING,
        /** Not HTTP any more. */
        TUNNEL,
        /** The last answer was sent; what still comes is dropped. */
        LINGER,
        CLOSED
    }

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final @Nullable ListenerTls tls;
    private final Http1Exchange exchange;
    final CallPeer peer;
    private final byte[] peerLines;
    private ChannelHandlerContext context;
    private State state = State.HEAD;
    private @Nullable ByteBuf pending;
    private boolean processing;
    private boolean upstreamBlocked;
    private long deadlineNanos;

    @SuppressWarnings({"NullAway.Init", "this-escape"
    }) // the context is there once this is added; the exchange only keeps this
    ClientConnection(ListenerContext listener, LoopWorker worker, CallPeer peer) {
        this.plane = listener.plane();
        this.worker = worker;
        this.tls = listener.tls();
        this.peer = peer;
        this.peerLines = PeerLines.of(peer);
        this.exchange = new Http1Exchange(listener, worker, this);
    }

    /** The channel is open already. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        worker.opened(this);
        deadline(plane.limits.headTimeout().toNanos());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        worker.closed(this);
        exchange.gone();
        releasePending();
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (state == State.LINGER || state == State.CLOSED) {
            in.release();
            return;
        }
        ByteBuf before = pending;
        if (before == null) {
            pending = in;
            if (state == State.HEAD) {
                deadline(plane.limits.headTimeout().toNanos());
            }
            process();
            return;
        }
        int length = before.readableBytes() + in.readableBytes();
        boolean sameLine = state == State.HEAD
                && !endsLine(in)
                && length <= plane.limits.heads().maxBytes();
        pending = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, in);
        if (!sameLine) {
            process();
        }
    }

    /** A head grows by whole lines, so that bytes without a line end need no look at the rest. */
    private static boolean endsLine(ByteBuf in) {
        return in.indexOf(in.readerIndex(), in.writerIndex(), LF) >= 0;
    }

    private void process() {
        processing = true;
        boolean more = true;
        while (more && pending != null) {
            more = switch (state) {
                case HEAD -> isWritable() && readHead(pending);
                case BODY -> !upstreamBlocked && exchange.readBody(pending);
                case TUNNEL -> readTunnel(pending);
                case DECIDING, ANSWERING -> false;
                case LINGER, CLOSED -> {
                    pending.skipBytes(pending.readableBytes());
                    yield false;
                }
            };
            if (pending != null && !pending.isReadable()) {
                releasePending();
            }
        }
        processing = false;
        RequestBodyConsumer target = exchange.consumer;
        if (target != null) {
            target.flush();
        }
        regulate();
    }

    /** What comes beyond this request, beyond what the upstream takes, or before the client takes its answers waits in the socket and not in our memory. */
    private void regulate() {
        boolean on = !upstreamBlocked && (state == State.HEAD ? isWritable() : pending == null);
        Channel channel = context.channel();
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    private boolean readHead(ByteBuf in) {
        int length = Math.min(in.readableBytes(), worker.scratch.length);
        in.getBytes(in.readerIndex(), worker.scratch, 0, length);
        HeadReader reader = worker.requests;
        HeadReader.Result result = reader.readRequest(worker.scratch, length);
        if (result == HeadReader.Result.COMPLETE) {
            in.skipBytes(reader.headEnd());
            begin(reader.request());
            return true;
        }
        if (result != HeadReader.Result.INCOMPLETE) {
            exchange.refuseHead(exchange.dispatch.headRefusal(result, reader));
        }
        return false;
    }

    private void begin(RawRequestHead head) {
        if (tls != null && !peer.certificates().isEmpty() && !tls.material().stillTrusted(peer.certificates())) {
            // Its certificate expired or lost its CA since the handshake: it has no say any more.
            context.close();
            return;
        }
        String traceparent = head.value(HeaderName.TRACEPARENT);
        GatewayCall begun =
                new GatewayCall(head, peer, worker.trace(traceparent == null ? "" : traceparent), worker.nanos());
        state = head.hasBody() ? State.DECIDING : State.ANSWERING;
        deadline(plane.limits.idleTimeout().toNanos());
        exchange.begin(begun);
    }

    /** The body of the request has a consumer. */
    void readBody() {
        state = State.BODY;
        deadline(plane.limits.idleTimeout().toNanos());
        exchange.bodyDeadline.begin(worker.nanos());
        if (!processing) {
            process();
        }
    }

    /** Some of the body came. */
    void bodyMoved(int bytes) {
        exchange.bodyReceived(bytes);
        deadline(plane.limits.idleTimeout().toNanos());
    }

    void bodyEnded() {
        state = State.ANSWERING;
    }

    /** What is here already and was not read. */
    @Nullable
    ByteBuf pending() {
        return pending;
    }

    private boolean readTunnel(ByteBuf in) {
        WebSocketTunnel tunnel = exchange.tunnelUnderWay();
        if (tunnel == null || upstreamBlocked) {
            return false;
        }
        exchange.tunnelMoved(in.readableBytes());
        tunnel.fromClient(in.readRetainedSlice(in.readableBytes()));
        return true;
    }

    // What the exchange asks for.

    boolean isProcessing() {
        return processing;
    }

    boolean isGone() {
        return state == State.CLOSED;
    }

    /** {@code X-Forwarded-For} and {@code X-Forwarded-Proto}. */
    byte[] peerLines() {
        return peerLines;
    }

    ChannelHandlerContext context() {
        return context;
    }

    boolean isWritable() {
        return context.channel().isWritable();
    }

    void write(ByteBuf data) {
        exchange.tunnelMoved(0);
        context.write(data, context.voidPromise());
    }

    /** While true, nothing more is read of the client. */
    void upstreamBlocked(boolean blocked) {
        if (upstreamBlocked == blocked) {
            return;
        }
        upstreamBlocked = blocked;
        exchange.bodyDeadline.begin(worker.nanos());
        if (state == State.CLOSED || processing) {
            return;
        }
        if (!blocked && pending != null) {
            process();
        } else {
            regulate();
        }
    }

    /** Both sides speak another protocol from now on. */
    void tunnel() {
        state = State.TUNNEL;
        deadline(0); // The exchange says when it is over.
    }

    /** The upstream ended the tunnel. */
    void tunnelEnded() {
        exchange.tunnelEnded();
    }

    /** The answer was written whole. */
    void answered(boolean staysOpen) {
        upstreamBlocked = false;
        if (!staysOpen) {
            linger();
            return;
        }
        context.flush();
        state = State.HEAD;
        headDeadline();
        if (!processing && pending != null) {
            process();
        }
    }

    /** Reads on for a while when the client may still be sending. */
    private void linger() {
        state = State.LINGER;
        deadline(plane.limits.lingerTimeout().toNanos());
        if (exchange.isRequestEnded()) {
            ConnectionEnd.afterWrites(context);
        } else {
            ConnectionEnd.ofOutput(context);
        }
        if (!processing) {
            releasePending();
            regulate();
        }
    }

    private void releasePending() {
        ByteBuf rest = pending;
        if (rest != null) {
            pending = null;
            rest.release();
        }
    }

    // Time and events.

    /** Of the next request, some of which may be here. */
    private void headDeadline() {
        ByteBuf begun = pending;
        boolean some = begun != null && begun.isReadable();
        deadline((some ? plane.limits.headTimeout() : plane.limits.idleTimeout()).toNanos());
    }

    private void deadline(long nanosFromNow) {
        deadlineNanos = worker.nanos() + nanosFromNow;
    }

    @Override
    void tick(long nowNanos) {
        ProxyExchange proxied = exchange.forwarded;
        if (proxied != null) {
            proxied.tick(nowNanos);
        }
        if (state == State.HEAD && exchange.isStalled(nowNanos)) {
            context.close(); // It takes no answer.
            return;
        }
        if (nowNanos - deadlineNanos < 0 && !(state == State.BODY && exchange.isBodyLate(nowNanos))) {
            return;
        }
        switch (state) {
            case HEAD -> {
                if (pending == null) {
                    context.close();
                } else if (isWritable()) {
                    exchange.refuseHead(new GatewayRefusal.RequestTimeout());
                }
            }
            case BODY -> {
                if (!upstreamBlocked) {
                    exchange.cancel();
                    exchange.isLast();
                    exchange.refuse(new GatewayRefusal.RequestTimeout());
                }
            }
            case LINGER -> context.close();
            case TUNNEL -> exchange.tickTunnel(nowNanos);
            case DECIDING, ANSWERING, CLOSED -> {}
        }
    }

    @Override
    void drain() {
        WebSocketTunnel tunnel = exchange.tunnelUnderWay();
        if (state == State.HEAD && pending == null) {
            context.close();
        } else if (state == State.TUNNEL && tunnel != null) {
            tunnel.drain();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ProxyExchange proxied = exchange.forwarded;
        if (proxied != null) {
            proxied.clientWritable(ctx.channel().isWritable());
        } else if (state == State.HEAD && !processing) {
            headDeadline();
            process();
        }
    }

    @Override
    void abort() {
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("a client connection failed and is closed", cause);
        }
        ctx.close();
    }
}
