package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.http1.BodyReader;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import bulwark.gateway.route.ApiRoute;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of one connection of HTTP/1.1, one after the other: hands out the body of each and writes its answer. */
final class Http1Exchange extends ClientExchange {
    private static final int MAX_JOINED_BODY_BYTES = 8_192;

    private final ClientConnection connection;
    private final BodyReader body = new BodyReader();
    private ProxiedHead.Framing framing = ProxiedHead.Framing.NO_BODY;
    private boolean persistent;
    private boolean requestEnded;
    private boolean staysOpen;
    private @Nullable OpenCallWatch watch;

    Http1Exchange(ListenerContext listener, LoopWorker worker, ClientConnection connection) {
        super(listener, worker);
        this.connection = connection;
    }

    void begin(GatewayCall call) {
        RawRequestHead head = call.head();
        progress.begin(call);
        persistent = head.isPersistent();
        requestEnded = !head.hasBody();
        if (head.isChunked()) {
            body.beginChunked();
        } else {
            body.beginLength(Math.max(0, head.contentLength()));
        }
        dispatch.dispatch(call);
    }

    /** No further request follows on this connection. */
    void isLast() {
        persistent = false;
    }

    boolean isRequestEnded() {
        return requestEnded;
    }

    /** Hands on one piece of the body. @return whether more of it may be here */
    boolean readBody(ByteBuf in) {
        RequestBodyConsumer taker = consumer;
        if (taker == null) {
            return false;
        }
        switch (body.next(in)) {
            case DATA -> {
                int count = body.available();
                progress.received(count);
                connection.bodyMoved(count);
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
                cancel();
                refuse(new GatewayRefusal.MalformedRequest("The chunks of the body are malformed."));
                return false;
            }
        }
        return false;
    }

    private boolean endBody(RequestBodyConsumer taker) {
        requestEnded = true;
        connection.bodyEnded();
        taker.end(body.trailers());
        return true;
    }

    /** A refused request whose body is here already leaves the connection usable. */
    private void skipBufferedBody() {
        ByteBuf here = connection.pending();
        if (requestEnded || consumer != null || here == null) {
            return;
        }
        while (here.isReadable() && body.next(here) == BodyReader.Event.DATA) {
            here.skipBytes(body.available());
        }
        requestEnded = body.hasEnded();
    }

    private ChannelHandlerContext context() {
        return connection.context();
    }

    @Override
    byte[] peerLines() {
        return connection.peerLines();
    }

    @Override
    byte[] viaLine() {
        GatewayCall call = progress.call();
        return call != null && call.head().minorVersion() == 0 ? ForwardHead.VIA_1_0 : ForwardHead.VIA_1_1;
    }

    @Override
    void take(RequestBodyConsumer next) {
        consumer = next;
        if (requestEnded) {
            next.end(null);
        } else {
            connection.readBody();
        }
    }

    @Override
    boolean isProcessing() {
        return connection.isProcessing();
    }

    @Override
    void upstreamBlocked(boolean blocked) {
        connection.upstreamBlocked(blocked);
    }

    @Override
    boolean isGone() {
        return connection.isGone();
    }

    @Override
    boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    void flush() {
        context().flush();
    }

    private void write(ByteBuf data) {
        context().write(data, context().voidPromise());
    }

    private void writeHead(HeadWriter writer) {
        ByteBuf out = context().alloc().directBuffer(writer.length());
        writer.writeTo(out);
        write(out);
    }

    /** The answer's head is about to be written. @param framed whether its end shows without the end of the connection. @return whether the connection stays open after it */
    private boolean beginAnswer(int status, boolean framed) {
        progress.answerBegins(status);
        staysOpen = framed && persistent && requestEnded && !plane.draining;
        return staysOpen;
    }

    // The answer of an upstream.

    @Override
    void interim(int status) {
        GatewayCall call = progress.call();
        if (call != null && call.head().minorVersion() == 1) {
            HeadWriter writer = worker.writer;
            writer.clear();
            writer.put(StatusText.line(status)).lineEnd();
            writeHead(writer);
            flush();
        }
    }

    @Override
    ClientConnection switchProtocol(HeadReader reader, byte[] bytes, GatewayCall call, long ownNanos) {
        beginAnswer(101, false);
        ProxiedHead.write(worker, reader, bytes, call, isTls(), ProxiedHead.Framing.UPGRADE, false, ownNanos);
        writeHead(worker.writer);
        connection.tunnel();
        plane.pipeline.hooks().opened().accept(call);
        ApiRoute route = call.route();
        watch = new OpenCallWatch(
                plane,
                worker,
                call,
                route == null ? Duration.ZERO : route.timeouts().idle());
        flush();
        return connection;
    }

    @Override
    int answerHead(HeadReader reader, byte[] bytes, boolean bodiless, GatewayCall call, long ownNanos, ByteBuf in) {
        framing = ProxiedHead.framing(reader, bodiless, call.head().minorVersion());
        boolean open = beginAnswer(reader.status(), framing != ProxiedHead.Framing.CLOSE);
        ProxiedHead.write(worker, reader, bytes, call, isTls(), framing, !open, ownNanos);
        long length = framing == ProxiedHead.Framing.LENGTH ? reader.contentLength() : -1;
        if (length < 0 || length > in.readableBytes() || length > MAX_JOINED_BODY_BYTES) {
            writeHead(worker.writer);
            return -1;
        }
        // A short body that is here already goes out in one piece with its head.
        ByteBuf out = context().alloc().directBuffer(worker.writer.length() + (int) length);
        worker.writer.writeTo(out);
        out.writeBytes(in, (int) length);
        write(out);
        return (int) length;
    }

    @Override
    void answerData(ByteBuf data) {
        if (framing == ProxiedHead.Framing.CHUNKED) {
            ChunkWriter.write(context(), data);
        } else {
            write(data);
        }
    }

    @Override
    void answerEnd(byte @Nullable [] trailers, @Nullable String upstream, long responseBytes) {
        if (framing == ProxiedHead.Framing.CHUNKED) {
            ChunkWriter.writeLast(context(), worker, trailers);
        }
        finish(upstream, responseBytes);
    }

    /** Null while HTTP is spoken. */
    @Nullable
    WebSocketTunnel tunnelUnderWay() {
        ProxyExchange proxied = forwarded;
        return proxied == null ? null : proxied.tunnel();
    }

    /** @param fromClient bytes that passed in this direction */
    void tunnelMoved(int fromClient) {
        progress.received(fromClient);
        OpenCallWatch watching = watch;
        if (watching != null) {
            watching.moved();
        }
    }

    /** Ends a tunnel that is silent, or whose caller may not go on: politely, and soon in any case. */
    void tickTunnel(long nowNanos) {
        OpenCallWatch watching = watch;
        WebSocketTunnel tunnel = tunnelUnderWay();
        if (watching == null || tunnel == null) {
            return;
        }
        switch (watching.look(nowNanos)) {
            case GOES_ON -> {}
            case ENDS -> tunnel.drain();
            case CUT -> context().close();
        }
    }

    /** The upstream ended the tunnel. */
    void tunnelEnded() {
        requestEnded = true;
        ProxyExchange proxied = forwarded;
        finish(null, proxied == null ? 0 : proxied.responseBytes);
    }

    @Override
    void tear(long responseBytes) {
        release();
        progress.end(null, false, responseBytes);
        ConnectionEnd.torn(context());
    }

    // Own answers.

    /** Answers a request whose head could not be read; the last one of the connection. */
    void refuseHead(GatewayRefusal why) {
        WireError error = GatewayWireErrors.of(why);
        plane.metrics.refused(why);
        plane.metrics.unread(error.status());
        requestEnded = false;
        staysOpen = false;
        TraceContext trace = worker.trace("");
        plane.pipeline.hooks().unread().accept(new UnreadHead(connection.peer, trace, why));
        AnswerHead head = new AnswerHead(worker, isTls(), trace, 1, false);
        write(head.of(error, why.code(), List.of(), true, context().alloc()));
        finish(null, 0);
    }

    @Override
    void ownAnswer(GatewayCall call, GatewayRefusal why, WireError error) {
        persistent &= !(why instanceof GatewayRefusal.MalformedRequest);
        skipBufferedBody();
        boolean open = beginAnswer(error.status(), true);
        write(answerHead(call)
                .of(error, why.code(), call.allAnswerFields(), !open, context().alloc()));
        finish(null, error.body().length());
    }

    @Override
    void ownAnswer(GatewayCall call, int status, String contentType, byte[] content, List<String> fields) {
        skipBufferedBody();
        boolean open = beginAnswer(status, true);
        write(answerHead(call)
                .of(
                        status,
                        contentType,
                        content,
                        fields,
                        call.allAnswerFields(),
                        !open,
                        context().alloc()));
        finish(null, content.length);
    }

    private AnswerHead answerHead(GatewayCall call) {
        RawRequestHead head = call.head();
        return new AnswerHead(
                worker,
                isTls(),
                call.trace(),
                head.minorVersion(),
                head.method().equals("HEAD"));
    }

    private void finish(@Nullable String upstream, long responseBytes) {
        release();
        progress.end(upstream, true, responseBytes);
        connection.answered(staysOpen);
    }
}
