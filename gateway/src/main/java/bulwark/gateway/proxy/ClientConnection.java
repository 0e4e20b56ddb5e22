package bulwark.gateway.proxy;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.gateway.http1.BodyReader;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        /** The last answer was sent; what still comes is dropped. */
        LINGER,
        CLOSED
    }

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final boolean tls;
    private final BodyReader body = new BodyReader();
    private ChannelHandlerContext context;
    private State state = State.HEAD;
    private CallPeer peer;
    private @Nullable ByteBuf pending;
    private @Nullable GatewayCall call;
    private @Nullable RequestBodyConsumer consumer;
    private boolean requestEnded;
    private boolean persistent;
    private boolean processing;
    private boolean answerStarted;
    private int answerStatus;
    private @Nullable GatewayRefusal refusal;
    private long requestBytes;
    private long deadlineNanos;

    @SuppressWarnings("NullAway.Init") // context and peer are there once the channel is active
    ClientConnection(PlaneContext plane, LoopWorker worker, boolean tls) {
        this.plane = plane;
        this.worker = worker;
        this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        peer = new CallPeer((InetSocketAddress) ctx.channel().remoteAddress(), tls, List.of());
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
        endCall(false);
        releasePending();
    }

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
        // What came beyond this request waits in the socket, not in our memory.
        readAhead(pending == null || state == State.HEAD);
    }

    private boolean readHead(ByteBuf in) {
        int length = Math.min(in.readableBytes(), worker.scratch.length);
        in.getBytes(in.readerIndex(), worker.scratch, 0, length);
        HeadReader reader = worker.requests;
        switch (reader.readRequest(worker.scratch, length)) {
            case COMPLETE -> {
                in.skipBytes(reader.headEnd());
                begin(reader.request());
                return true;
            }
            case INCOMPLETE -> {
                return false;
            }
            case MALFORMED -> refuseHead(new GatewayRefusal.MalformedRequest(reader.fault()));
            case TARGET_TOO_LONG ->
                refuseHead(new GatewayRefusal.TargetTooLong(plane.limits.heads().targetBytes()));
            case FIELDS_TOO_LARGE ->
                refuseHead(new GatewayRefusal.HeadersTooLarge(
                        plane.limits.heads().fieldBytes(), plane.limits.heads().fields()));
            case VERSION_NOT_SUPPORTED -> refuseHead(new GatewayRefusal.VersionNotSupported());
        }
        return false;
    }

    private void refuseHead(GatewayRefusal why) {
        persistent = false;
        requestEnded = false;
        WireError error = GatewayWireErrors.of(why);
        plane.metrics.refused(why);
        plane.metrics.unread(error.status());
        AnswerHead head = new AnswerHead(worker, tls, worker.trace(""), 1, false);
        write(head.of(error, why.code(), List.of(), true, context.alloc()));
        finishAnswer();
    }

    private void begin(RawRequestHead head) {
        plane.calls.incrementAndGet();
        String traceparent = head.value(HeaderName.TRACEPARENT);
        TraceContext trace = worker.trace(traceparent == null ? "" : traceparent);
        GatewayCall begun = new GatewayCall(head, peer, trace, System.nanoTime());
        call = begun;
        refusal = null;
        answerStarted = false;
        answerStatus = 0;
        requestBytes = 0;
        persistent = head.isPersistent() && !plane.draining;
        requestEnded = !head.hasBody();
        if (head.isChunked()) {
            body.beginChunked();
        } else {
            body.beginLength(Math.max(0, head.contentLength()));
        }
        state = requestEnded ? State.ANSWERING : State.DECIDING;
        deadline(plane.limits.idleTimeout().toNanos());
        dispatch(begun);
    }

    private void dispatch(GatewayCall begun) {
        RawRequestHead head = begun.head();
        GatewayEndpoint endpoint = plane.endpoints.find(head);
        if (endpoint != null) {
            take(new EndpointExchange(this, begun, endpoint, worker.loop));
        } else if (head.method().equals("CONNECT") || head.method().equals("TRACE")) {
            refuse(new GatewayRefusal.MethodNotImplemented());
        } else {
            refuse(new GatewayRefusal.NoRoute());
        }
    }

    /** The call goes on to this consumer, which answers it. */
    private void take(RequestBodyConsumer next) {
        consumer = next;
        if (requestEnded) {
            next.end(null);
        } else {
            state = State.BODY;
            if (!processing) {
                process();
            }
        }
    }

    private boolean readBody(ByteBuf in) {
        RequestBodyConsumer target = consumer;
        if (target == null) {
            return false;
        }
        switch (body.next(in)) {
            case DATA -> {
                int count = body.available();
                requestBytes += count;
                deadline(plane.limits.idleTimeout().toNanos());
                target.data(in.readRetainedSlice(count));
                return true;
            }
            case END -> {
                requestEnded = true;
                state = State.ANSWERING;
                target.end(body.trailers());
                return true;
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

    /** Answers the call under way. Nothing happens when an answer has begun already, but that the connection is torn. */
    void refuse(GatewayRefusal why) {
        GatewayCall current = call;
        if (current == null || state == State.CLOSED) {
            return;
        }
        if (answerStarted) {
            tear();
            return;
        }
        refusal = why;
        plane.metrics.refused(why);
        if (why instanceof GatewayRefusal.MalformedRequest) {
            persistent = false;
        }
        skipBufferedBody();
        WireError error = GatewayWireErrors.of(why);
        answerStatus = error.status();
        answerStarted = true;
        write(answerHead(current).of(error, why.code(), current.answerFields(), !keepsOpen(), context.alloc()));
        finishAnswer();
    }

    /** A whole answer. */
    void answer(int status, String contentType, byte[] content, List<String> fields) {
        GatewayCall current = call;
        if (current == null || state == State.CLOSED || answerStarted) {
            return;
        }
        skipBufferedBody();
        answerStatus = status;
        answerStarted = true;
        write(answerHead(current)
                .of(status, contentType, content, fields, current.answerFields(), !keepsOpen(), context.alloc()));
        finishAnswer();
    }

    private AnswerHead answerHead(GatewayCall current) {
        RawRequestHead head = current.head();
        return new AnswerHead(
                worker, tls, current.trace(), head.minorVersion(), head.method().equals("HEAD"));
    }

    private boolean keepsOpen() {
        return persistent && requestEnded && !plane.draining;
    }

    /** A refused request whose body is here already leaves the connection usable. */
    private void skipBufferedBody() {
        if (requestEnded || consumer != null || pending == null) {
            return;
        }
        while (pending.isReadable()) {
            BodyReader.Event event = body.next(pending);
            if (event == BodyReader.Event.DATA) {
                pending.skipBytes(body.available());
            } else {
                break;
            }
        }
        requestEnded = body.hasEnded();
    }

    void write(ByteBuf data) {
        context.write(data, context.voidPromise());
    }

    /** The answer was written whole. */
    private void finishAnswer() {
        boolean open = keepsOpen();
        endCall(true);
        consumer = null;
        if (open) {
            context.flush();
            state = State.HEAD;
            deadline(plane.limits.idleTimeout().toNanos());
            if (!processing) {
                process();
            }
        } else {
            linger();
        }
    }

    /** Sends what is written, says that nothing follows, and reads on for a while: a close with unread bytes would make the client lose the answer. */
    private void linger() {
        state = State.LINGER;
        deadline(plane.limits.lingerTimeout().toNanos());
        Channel channel = context.channel();
        context.flush();
        if (requestEnded || !(channel instanceof SocketChannel socket)) {
            context.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            context.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(done -> socket.shutdownOutput());
        }
        readAhead(true);
    }

    /** Ends the connection so that no client takes the part of the answer that it got for the whole. */
    private void tear() {
        Channel channel = context.channel();
        if (channel instanceof SocketChannel socket && channel.isActive()) {
            socket.config().setSoLinger(0);
        }
        channel.close();
    }

    private void endCall(boolean complete) {
        GatewayCall ended = call;
        if (ended == null) {
            return;
        }
        call = null;
        plane.calls.decrementAndGet();
        plane.metrics.answered(ended, answerStatus);
        CallOutcome outcome = new CallOutcome(
                answerStatus, refusal, null, complete, requestBytes, 0, System.nanoTime() - ended.startNanos());
        ended.end(outcome, plane.pipeline.ended());
    }

    private void cancelBody() {
        RequestBodyConsumer target = consumer;
        consumer = null;
        if (target != null) {
            target.cancelled();
        }
    }

    private void releasePending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private void readAhead(boolean on) {
        Channel channel = context.channel();
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    private void deadline(long nanosFromNow) {
        deadlineNanos = System.nanoTime() + nanosFromNow;
    }

    @Override
    void tick(long nowNanos) {
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
                cancelBody();
                persistent = false;
                refuse(new GatewayRefusal.RequestTimeout());
            }
            case LINGER -> context.close();
            case DECIDING, ANSWERING, CLOSED -> {}
        }
    }

    @Override
    void drain() {
        if (state == State.HEAD && pending == null) {
            context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            LOG.error("a client connection failed and is closed", cause);
        }
        ctx.close();
    }

    /** The text of an own answer as bytes. */
    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
