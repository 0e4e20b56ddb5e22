package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.BodyReader;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
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
    private final int redirectPort;
    private final RequestDispatch dispatch;
    private final CallProgress progress;
    private final BodyReader body = new BodyReader();
    private ChannelHandlerContext context;
    private CallPeer peer;
    private byte[] peerLines;
    private State state = State.HEAD;
    private @Nullable ByteBuf pending;
    private @Nullable ProxyExchange exchange;
    private @Nullable RequestBodyConsumer consumer;
    private boolean requestEnded;
    private boolean persistent;
    private boolean processing;
    private boolean upstreamBlocked;
    private boolean staysOpen;
    private long deadlineNanos;

    /** @param redirectPort where requests are sent to instead of being answered, or 0 */
    @SuppressWarnings("NullAway.Init") // what comes of the channel is there once it is active
    ClientConnection(PlaneContext plane, LoopWorker worker, @Nullable ListenerTls tls, int redirectPort) {
        this.plane = plane;
        this.worker = worker;
        this.tls = tls;
        this.redirectPort = redirectPort;
        this.progress = new CallProgress(plane);
        this.dispatch = new RequestDispatch(plane, worker, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        peer = new CallPeer((InetSocketAddress) ctx.channel().remoteAddress(), tls != null, List.of());
        peerLines = PeerLines.of(peer);
        plane.connections.incrementAndGet();
        worker.opened(this);
        deadline(plane.limits.headTimeout().toNanos());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        plane.connections.decrementAndGet();
        worker.closed(this);
        cancelBody();
        progress.end(null, false, 0);
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
                case HEAD -> readHead(pending);
                case BODY -> readBody(pending);
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
        RequestBodyConsumer target = consumer;
        if (target != null) {
            target.flush();
        }
        regulate();
    }

    /** What comes beyond this request, or beyond what the upstream takes, waits in the socket and not in our memory. */
    private void regulate() {
        boolean on = !upstreamBlocked && (pending == null || state == State.HEAD);
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
            refuseHead(dispatch.headRefusal(result, reader));
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
                new GatewayCall(head, peer, worker.trace(traceparent == null ? "" : traceparent), System.nanoTime());
        progress.begin(begun);
        persistent = head.isPersistent();
        requestEnded = !head.hasBody();
        if (head.isChunked()) {
            body.beginChunked();
        } else {
            body.beginLength(Math.max(0, head.contentLength()));
        }
        state = requestEnded ? State.ANSWERING : State.DECIDING;
        deadline(plane.limits.idleTimeout().toNanos());
        dispatch.dispatch(begun);
    }

    /** The call has a route. */
    void routed(RouteTarget found) {
        progress.routed(found);
    }

    void forward(ProxyExchange next) {
        exchange = next;
        next.start();
    }

    /** The body of the request goes to this consumer, which answers the call. */
    void take(RequestBodyConsumer next) {
        consumer = next;
        if (requestEnded) {
            next.end(null);
        } else {
            state = State.BODY;
            deadline(plane.limits.idleTimeout().toNanos());
            if (!processing) {
                process();
            }
        }
    }

    private boolean readBody(ByteBuf in) {
        RequestBodyConsumer taker = consumer;
        if (taker == null || upstreamBlocked) {
            return false;
        }
        switch (body.next(in)) {
            case DATA -> {
                int count = body.available();
                progress.received(count);
                deadline(plane.limits.idleTimeout().toNanos());
                taker.data(in.readRetainedSlice(count));
                return !body.reachesLength() || endBody(taker);
            }
            case END -> {
                return endBody(taker);
            }
            case NEED_MORE -> {
                return false;
            }
            case MALFORMED -> {
                in.skipBytes(in.readableBytes());
                cancelBody();
                refuse(new GatewayRefusal.MalformedRequest("The chunks of the body are malformed."));
                return false;
            }
        }
        return false;
    }

    private boolean endBody(RequestBodyConsumer taker) {
        requestEnded = true;
        state = State.ANSWERING;
        taker.end(body.trailers());
        return true;
    }

    private boolean readTunnel(ByteBuf in) {
        ProxyExchange tunnel = exchange;
        if (tunnel == null || upstreamBlocked) {
            return false;
        }
        deadline(plane.limits.idleTimeout().toNanos());
        tunnel.tunnelFromClient(in.readRetainedSlice(in.readableBytes()));
        return true;
    }

    // What exchanges ask for.

    boolean isTls() {
        return tls != null;
    }

    /** Of the TLS listener, or 0 when requests are answered here. */
    int redirectPort() {
        return redirectPort;
    }

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

    ByteBuf allocate(int bytes) {
        return context.alloc().directBuffer(bytes);
    }

    boolean isWritable() {
        return context.channel().isWritable();
    }

    void write(ByteBuf data) {
        context.write(data, context.voidPromise());
    }

    void writeHead(HeadWriter writer) {
        ByteBuf out = allocate(writer.length());
        writer.writeTo(out);
        write(out);
    }

    void flush() {
        context.flush();
    }

    /** While true, nothing more is read of the client. */
    void upstreamBlocked(boolean blocked) {
        if (upstreamBlocked == blocked) {
            return;
        }
        upstreamBlocked = blocked;
        if (state == State.CLOSED || processing) {
            return;
        }
        if (!blocked && pending != null) {
            process();
        } else {
            regulate();
        }
    }

    /** The answer's head is about to be written. @param framed whether its end shows without the end of the connection. @return whether the connection stays open after it */
    boolean beginAnswer(int status, boolean framed) {
        progress.answerBegins(status);
        staysOpen = framed && persistent && requestEnded && !plane.draining;
        return staysOpen;
    }

    /** The answer was written whole. @param upstream that gave it */
    void answerSent(@Nullable String upstream, long responseBytes) {
        finishAnswer(upstream, responseBytes);
    }

    /** Both sides speak another protocol from now on. */
    void tunnel() {
        state = State.TUNNEL;
        staysOpen = false;
    }

    /** The upstream ended the tunnel. */
    void tunnelEnded() {
        requestEnded = true;
        finishAnswer(null, 0);
    }

    /** Ends the connection so that no client takes the part of the answer that it got for the whole. */
    void tear(long responseBytes) {
        exchange = null;
        consumer = null;
        progress.end(null, false, responseBytes);
        ConnectionEnd.torn(context);
    }

    // Own answers.

    private void refuseHead(GatewayRefusal why) {
        WireError error = GatewayWireErrors.of(why);
        plane.metrics.refused(why);
        plane.metrics.unread(error.status());
        requestEnded = false;
        staysOpen = false;
        AnswerHead head = new AnswerHead(worker, tls != null, worker.trace(""), 1, false);
        write(head.of(error, why.code(), List.of(), true, context.alloc()));
        finishAnswer(null, 0);
    }

    /** Answers the call under way; when an answer has begun already, the connection is torn. */
    void refuse(GatewayRefusal why) {
        GatewayCall current = progress.call();
        if (current == null || state == State.CLOSED) {
            return;
        }
        progress.refused(why);
        if (progress.isAnswerBegun()) {
            tear(0);
            return;
        }
        WireError error = GatewayWireErrors.of(why);
        persistent &= !(why instanceof GatewayRefusal.MalformedRequest);
        skipBufferedBody();
        boolean open = beginAnswer(error.status(), true);
        write(answerHead(current).of(error, why.code(), current.answerFields(), !open, context.alloc()));
        finishAnswer(null, error.body().length());
    }

    /** A whole answer. */
    void answer(int status, String contentType, byte[] content, List<String> fields) {
        GatewayCall current = progress.call();
        if (current == null || state == State.CLOSED || progress.isAnswerBegun()) {
            return;
        }
        boolean open = beginAnswer(status, true);
        write(answerHead(current)
                .of(status, contentType, content, fields, current.answerFields(), !open, context.alloc()));
        finishAnswer(null, content.length);
    }

    private AnswerHead answerHead(GatewayCall current) {
        RawRequestHead head = current.head();
        return new AnswerHead(
                worker,
                tls != null,
                current.trace(),
                head.minorVersion(),
                head.method().equals("HEAD"));
    }

    /** A refused request whose body is here already leaves the connection usable. */
    private void skipBufferedBody() {
        ByteBuf here = pending;
        if (requestEnded || consumer != null || here == null) {
            return;
        }
        while (here.isReadable() && body.next(here) == BodyReader.Event.DATA) {
            here.skipBytes(body.available());
        }
        requestEnded = body.hasEnded();
    }

    private void finishAnswer(@Nullable String upstream, long responseBytes) {
        exchange = null;
        consumer = null;
        upstreamBlocked = false;
        progress.end(upstream, true, responseBytes);
        if (!staysOpen) {
            linger();
            return;
        }
        context.flush();
        state = State.HEAD;
        deadline(plane.limits.idleTimeout().toNanos());
        if (!processing && pending != null) {
            process();
        }
    }

    /** Reads on for a while when the client may still be sending. */
    private void linger() {
        state = State.LINGER;
        deadline(plane.limits.lingerTimeout().toNanos());
        if (requestEnded) {
            ConnectionEnd.afterWrites(context);
        } else {
            ConnectionEnd.ofOutput(context);
        }
        if (!processing) {
            releasePending();
            regulate();
        }
    }

    private void cancelBody() {
        ProxyExchange proxied = exchange;
        RequestBodyConsumer other = consumer;
        exchange = null;
        consumer = null;
        if (proxied != null) {
            proxied.cancelled();
        } else if (other != null) {
            other.cancelled();
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

    private void deadline(long nanosFromNow) {
        deadlineNanos = System.nanoTime() + nanosFromNow;
    }

    @Override
    void tick(long nowNanos) {
        ProxyExchange proxied = exchange;
        if (proxied != null) {
            proxied.tick(nowNanos);
        }
        if (nowNanos - deadlineNanos < 0) {
            return;
        }
        switch (state) {
            case HEAD -> {
                if (pending == null) {
                    context.close();
                } else {
                    refuseHead(new GatewayRefusal.RequestTimeout());
                }
            }
            case BODY -> {
                if (!upstreamBlocked) {
                    cancelBody();
                    persistent = false;
                    refuse(new GatewayRefusal.RequestTimeout());
                }
            }
            case LINGER -> context.close();
            case DECIDING, ANSWERING, TUNNEL, CLOSED -> {}
        }
    }

    @Override
    void drain() {
        ProxyExchange proxied = exchange;
        if (state == State.HEAD && pending == null) {
            context.close();
        } else if (state == State.TUNNEL && proxied != null) {
            proxied.drainTunnel();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && tls != null) {
            if (handshake.isSuccess()) {
                SSLSession session =
                        ctx.pipeline().get(SslHandler.class).engine().getSession();
                peer = new CallPeer(peer.address(), true, PeerCertificates.of(session));
            } else {
                tls.material().handshakeFailed(handshake.cause(), peer.host());
                ctx.close();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ProxyExchange proxied = exchange;
        if (proxied != null) {
            proxied.clientWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("a client connection failed and is closed", cause);
        }
        ctx.close();
    }
}
