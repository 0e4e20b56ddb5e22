package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.http2.AnswerHeaderList;
import bulwark.gateway.http2.HeaderList;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call over HTTP/2: a stream of its connection. */
final class Http2Exchange extends ClientExchange {
    private static final int MAX_JOINED_BODY_BYTES = 8_192;

    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final Http2RequestBody body;
    private boolean closed;
    private boolean answerEnded;

    @SuppressWarnings("this-escape") // the body only keeps it
    Http2Exchange(Http2ClientConnection connection, Http2Stream stream) {
        super(connection.listener, connection.worker);
        this.connection = connection;
        this.stream = stream;
        this.body = new Http2RequestBody(this, connection, stream);
        connection.began(this);
    }

    void begin(HeaderList list, boolean ended) {
        body.begin(ended);
        HeadReader reader = worker.requests;
        HeadReader.Result result = worker.http2Requests.read(list, ended, reader);
        if (result != HeadReader.Result.COMPLETE) {
            boolean malformed = result == HeadReader.Result.MALFORMED;
            if (!malformed || connection.codec.spendFault(connection.codecContext())) {
                refuseHead(
                        malformed
                                ? new GatewayRefusal.MalformedRequest(worker.http2Requests.fault(reader))
                                : dispatch.headRefusal(result, reader));
            }
            return;
        }
        RawRequestHead head = reader.request();
        body.announce(head.contentLength());
        String traceparent = head.value(HeaderName.TRACEPARENT);
        GatewayCall call = new GatewayCall(
                head, connection.peer, worker.trace(traceparent == null ? "" : traceparent), worker.nanos());
        progress.begin(call);
        dispatch.dispatch(call);
    }

    int data(ByteBuf data, int bytes, boolean end) throws Http2Exception {
        return body.data(data, bytes, end);
    }

    void trailers(HeaderList list, boolean end) throws Http2Exception {
        body.trailers(list, end);
    }

    void trailersTooLarge() {
        cancel();
        reset(Http2Error.PROTOCOL_ERROR);
    }

    /** The stream is gone, whoever ended it. */
    void closed() {
        if (closed) {
            return;
        }
        closed = true;
        body.release();
        gone();
        connection.ended(this);
    }

    void writabilityChanged() {
        ProxyExchange proxied = forwarded;
        if (proxied != null) {
            proxied.clientWritable(isWritable());
        }
    }

    void batchEnded() {
        body.batchEnded();
    }

    void tick(long nowNanos) {
        ProxyExchange proxied = forwarded;
        if (proxied != null) {
            proxied.tick(nowNanos);
        }
        if (answerEnded && isStalled(nowNanos)) {
            // The end of the answer waits for a window that the client does not open.
            reset(Http2Error.CANCEL);
            return;
        }
        if (body.isLate(nowNanos)) {
            cancel();
            refuse(new GatewayRefusal.RequestTimeout());
        }
    }

    /** The request broke HTTP/2 after its head: the stream is reset. */
    Http2Exception fault(String sentence) {
        cancel();
        return Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, sentence);
    }

    @Override
    byte[] peerLines() {
        return connection.peerLines;
    }

    @Override
    byte[] viaLine() {
        return ForwardHead.VIA_2;
    }

    @Override
    void take(RequestBodyConsumer next) {
        consumer = next;
        body.take(next);
    }

    @Override
    boolean isProcessing() {
        return body.isProcessing();
    }

    @Override
    void upstreamBlocked(boolean blocked) {
        body.block(blocked);
    }

    @Override
    boolean isGone() {
        return closed;
    }

    @Override
    boolean isWritable() {
        return connection.codec.encoder().flowController().isWritable(stream);
    }

    @Override
    void flush() {
        connection.flush();
    }

    // The answer of an upstream.

    @Override
    void interim(int status) {
        HeadWriter writer = worker.writer;
        writer.clear();
        writer.put(StatusText.line(status)).lineEnd();
        writeHead(false);
        flush();
    }

    /** HTTP/2 has no upgrade, so that none is asked for. */
    @Override
    @Nullable
    ClientConnection switchProtocol(HeadReader reader, byte[] bytes, GatewayCall call, long ownNanos) {
        return null;
    }

    @Override
    int answerHead(HeadReader reader, byte[] bytes, boolean bodiless, GatewayCall call, long ownNanos, ByteBuf in) {
        progress.answerBegins(reader.status());
        long length = bodiless ? 0 : reader.contentLength();
        ProxiedHead.write(worker, reader, bytes, call, isTls(), ProxiedHead.Framing.FRAMES, false, ownNanos);
        writeHead(length == 0);
        if (length == 0) {
            answerEnded = true;
            return bodiless ? -1 : 0;
        }
        if (length < 0 || length > in.readableBytes() || length > MAX_JOINED_BODY_BYTES) {
            return -1;
        }
        writeData(in.readRetainedSlice((int) length), true);
        return (int) length;
    }

    @Override
    void answerData(ByteBuf data) {
        writeData(data, false);
    }

    @Override
    void answerEnd(byte @Nullable [] trailers, @Nullable String upstream, long responseBytes) {
        if (!answerEnded) {
            worker.writer.clear();
            if (TrailerLines.write(worker, trailers)) {
                worker.writer.lineEnd();
                write(AnswerHeaderList.ofTrailers(worker.writer.toBytes()), true);
            } else {
                writeData(Unpooled.EMPTY_BUFFER, true);
            }
        }
        finish(upstream, responseBytes);
    }

    @Override
    void tear(long responseBytes) {
        release();
        progress.end(null, false, responseBytes);
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void writeHead(boolean end) {
        write(AnswerHeaderList.ofHead(worker.writer.toBytes()), end);
    }

    private void write(Http2Headers list, boolean end) {
        ChannelHandlerContext context = connection.codecContext();
        written(connection.codec.encoder().writeHeaders(context, stream.id(), list, 0, end, context.newPromise()), end);
    }

    private void writeData(ByteBuf data, boolean end) {
        connection.budget.dataPassed();
        ChannelHandlerContext context = connection.codecContext();
        written(connection.codec.encoder().writeData(context, stream.id(), data, 0, end, context.newPromise()), end);
    }

    private void written(ChannelFuture sent, boolean end) {
        answerEnded |= end;
        if (end && !body.hasEnded()) {
            // After the last byte, which may wait for the client's window: the rest of the request is not wanted (RFC
            // 9113 §8.1).
            sent.addListener(done -> {
                if (!closed && !body.hasEnded()) {
                    reset(Http2Error.NO_ERROR);
                }
            });
        }
    }

    private void reset(Http2Error error) {
        connection.codec.resetStream(
                connection.codecContext(),
                stream.id(),
                error.code(),
                connection.codecContext().newPromise());
        flush();
    }

    private void finish(@Nullable String upstream, long responseBytes) {
        release();
        progress.end(upstream, true, responseBytes);
        connection.budget.answered();
        flush();
        if (!body.hasEnded()) {
            body.drop();
        }
    }

    // Own answers.

    /** The codec could not hold the header list. */
    void refuseLargeHead() {
        refuseHead(new GatewayRefusal.HeadersTooLarge(
                plane.limits.heads().fieldBytes(), plane.limits.heads().fields()));
    }

    private void refuseHead(GatewayRefusal why) {
        WireError error = GatewayWireErrors.of(why);
        plane.metrics.refused(why);
        plane.metrics.unread(error.status());
        byte[] content = error.body().getBytes(StandardCharsets.UTF_8);
        TraceContext trace = worker.trace("");
        plane.pipeline.hooks().unread().accept(new UnreadHead(connection.peer, trace, why));
        new AnswerHead(worker, isTls(), trace, 1, false).write(error, why.code(), List.of(), false, content.length);
        writeOwn(content);
        finish(null, content.length);
    }

    @Override
    void ownAnswer(GatewayCall call, GatewayRefusal why, WireError error) {
        progress.answerBegins(error.status());
        if (GrpcStatus.isAsked(call.head())) {
            GrpcStatus.write(worker, isTls(), call, why, error);
            writeHead(true);
            finish(null, 0);
            return;
        }
        byte[] content = error.body().getBytes(StandardCharsets.UTF_8);
        answerHead(call).write(error, why.code(), call.allAnswerFields(), false, content.length);
        writeOwn(isHead(call) ? new byte[0] : content);
        finish(null, content.length);
    }

    @Override
    void ownAnswer(GatewayCall call, int status, String contentType, byte[] content, List<String> fields) {
        progress.answerBegins(status);
        answerHead(call).write(status, contentType, fields, call.allAnswerFields(), false, content.length);
        writeOwn(isHead(call) ? new byte[0] : content);
        finish(null, content.length);
    }

    private AnswerHead answerHead(GatewayCall call) {
        return new AnswerHead(worker, isTls(), call.trace(), 1, isHead(call));
    }

    private static boolean isHead(GatewayCall call) {
        return call.head().method().equals("HEAD");
    }

    private void writeOwn(byte[] content) {
        writeHead(content.length == 0);
        if (content.length > 0) {
            writeData(Unpooled.wrappedBuffer(content), true);
        }
    }
}
