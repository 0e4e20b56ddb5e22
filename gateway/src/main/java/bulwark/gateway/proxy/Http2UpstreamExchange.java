package bulwark.gateway.proxy;

import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http2.AnswerHeaderList;
import bulwark.gateway.http2.HeaderList;
import bulwark.gateway.http2.Http2AnswerReader;
import bulwark.gateway.http2.RequestHeaderList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One call at an upstream over HTTP/2: a stream of its connection, whose answer is believed no more than one of HTTP/1.1. */
final class Http2UpstreamExchange implements UpstreamExchange {
    private final Http2UpstreamConnection connection;
    private @Nullable ProxyExchange owner;
    private @Nullable Http2Stream stream;
    private boolean begun;
    private boolean finalBegun;
    private boolean bodiless;
    private boolean refused;
    private boolean closed;
    private boolean touched;
    private boolean paused;
    private int heldBytes;
    private long announced = -1;
    private long received;

    Http2UpstreamExchange(Http2UpstreamConnection connection) {
        this.connection = connection;
    }

    int streamId() {
        Http2Stream at = stream;
        return at == null ? Integer.MAX_VALUE : at.id();
    }

    private ChannelHandlerContext context() {
        return connection.codecContext();
    }

    // The request.

    @Override
    public void begin(ProxyExchange next) {
        owner = next;
    }

    @Override
    public void writeHead(HeadWriter writer, boolean chunked, boolean body) {
        int id = connection.codec.connection().local().incrementAndGetNextStreamId();
        connection
                .codec
                .encoder()
                .writeHeaders(
                        context(),
                        id,
                        RequestHeaderList.ofHead(writer.toBytes(), connection.origin.isTls()),
                        0,
                        !body,
                        context().newPromise());
        Http2Stream opened = connection.codec.connection().stream(id);
        stream = opened;
        if (opened == null) {
            // The numbers of streams are used up, or the upstream has gone away meanwhile.
            connection.worker.loop.execute(this::refused);
            connection.retire();
        } else {
            connection.frames.assign(opened, this);
        }
    }

    @Override
    public void writeData(ByteBuf data) {
        writeData(data, false);
    }

    private void writeData(ByteBuf data, boolean end) {
        Http2Stream at = stream;
        if (at == null || closed) {
            data.release();
            return;
        }
        connection.budget.dataPassed();
        connection
                .codec
                .encoder()
                .writeData(context(), at.id(), data, 0, end, context().newPromise());
    }

    @Override
    public void writeEnd(byte @Nullable [] trailers) {
        Http2Stream at = stream;
        if (at == null || closed) {
            return;
        }
        LoopWorker worker = connection.worker;
        worker.writer.clear();
        if (TrailerLines.write(worker, trailers)) {
            worker.writer.lineEnd();
            connection
                    .codec
                    .encoder()
                    .writeHeaders(
                            context(),
                            at.id(),
                            AnswerHeaderList.ofTrailers(worker.writer.toBytes()),
                            0,
                            true,
                            context().newPromise());
        } else {
            writeData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public boolean isWritable() {
        Http2Stream at = stream;
        return at != null
                && !closed
                && connection.codec.encoder().flowController().isWritable(at);
    }

    void writabilityChanged() {
        ProxyExchange to = owner;
        if (to != null && !closed) {
            to.upstreamWritable(isWritable());
        }
    }

    @Override
    public void close() {
        owner = null;
        reset(Http2Error.CANCEL);
        leave();
    }

    private void reset(Http2Error error) {
        Http2Stream at = stream;
        if (at != null && !closed && context().channel().isActive()) {
            connection.codec.resetStream(
                    context(), at.id(), error.code(), context().newPromise());
            connection.flush();
        }
    }

    private void leave() {
        if (!closed) {
            closed = true;
            connection.ended(this);
        }
    }

    // The answer.

    void headers(HeaderList list, boolean end) {
        ProxyExchange to = owner;
        if (to == null) {
            return;
        }
        begun = true;
        touch();
        if (finalBegun) {
            trailers(to, list, end);
            return;
        }
        LoopWorker worker = connection.worker;
        Http2AnswerReader answers = worker.http2Answers;
        HeadReader reader = worker.answers;
        if (!answers.read(list, end, to.isHeadRequest(), reader)) {
            malformed(to, answers.fault(reader));
            return;
        }
        int status = reader.status();
        if (status / 100 == 1) {
            if (end) {
                malformed(to, "The upstream ends with an interim answer.");
            } else {
                to.interim(reader, answers.bytes(), null);
            }
            return;
        }
        finalBegun = true;
        bodiless = to.isHeadRequest() || status == 204 || status == 304;
        announced = bodiless ? 0 : reader.contentLength();
        to.answerHead(reader, answers.bytes(), bodiless, Unpooled.EMPTY_BUFFER);
        if (end && owner == to) {
            ended(to, null);
        }
    }

    private void trailers(ProxyExchange to, HeaderList list, boolean end) {
        byte[] lines = connection.worker.http2Requests.trailers(list);
        if (!end || lines == null || announced >= 0 && received < announced) {
            malformed(to, "The trailers of the upstream's answer are malformed.");
        } else {
            ended(to, lines);
        }
    }

    /** @param bytes with the padding @return how much of it the upstream may send anew */
    int data(ByteBuf data, int bytes, boolean end) {
        ProxyExchange to = owner;
        if (to == null) {
            return bytes;
        }
        touch();
        received += data.readableBytes();
        boolean wrong = !finalBegun || announced >= 0 && (received > announced || end && received < announced);
        if (wrong) {
            malformed(to, "The body of the upstream's answer is not as long as it says.");
            return bytes;
        }
        if (data.isReadable()) {
            to.answerData(data.retainedSlice());
        }
        if (end && owner == to) {
            ended(to, null);
            return bytes;
        }
        if (paused && owner == to) {
            heldBytes += bytes;
            return 0;
        }
        return bytes;
    }

    private void malformed(ProxyExchange to, String sentence) {
        owner = null;
        reset(Http2Error.PROTOCOL_ERROR);
        leave();
        to.answerMalformed(sentence);
    }

    private void ended(ProxyExchange to, byte @Nullable [] trailers) {
        owner = null;
        connection.answered();
        if (!to.isRequestSent()) {
            reset(Http2Error.CANCEL);
        }
        leave();
        to.answerEnded(trailers);
        // The exchange is not asked to flush any more.
        to.flushClient();
    }

    private void touch() {
        if (!touched) {
            touched = true;
            connection.wasRead(this);
        }
    }

    void batchEnded() {
        touched = false;
        ProxyExchange to = owner;
        if (to != null) {
            to.flushClient();
        }
    }

    @Override
    public void readAhead(boolean on) {
        paused = !on;
        Http2Stream at = stream;
        if (!on || heldBytes == 0 || at == null || closed) {
            return;
        }
        int bytes = heldBytes;
        heldBytes = 0;
        try {
            if (connection.codec.decoder().flowController().consumeBytes(at, bytes)) {
                connection.flush();
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException("more of an answer was given credit for than came", e);
        }
    }

    /** Bodies come in frames of their own. */
    @Override
    public void bodyTaken() {}

    /** The upstream has not looked at the request. */
    void refused() {
        ProxyExchange to = owner;
        owner = null;
        refused = true;
        leave();
        if (to != null) {
            to.upstreamRefused();
        }
    }

    /** The stream is gone. */
    void closed() {
        ProxyExchange to = owner;
        owner = null;
        leave();
        if (to != null && !refused) {
            to.upstreamClosed(connection.wasUsed() && !begun);
        }
    }
}
