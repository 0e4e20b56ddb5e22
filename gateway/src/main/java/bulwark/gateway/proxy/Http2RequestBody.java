package bulwark.gateway.proxy;

import bulwark.gateway.http2.HeaderList;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request over HTTP/2: waits for its consumer, and is given credit for more only as the upstream takes it, so that no more than the stream's window is held. Used on the
 * connection's event loop.
 */
final class Http2RequestBody {
    private final Http2Exchange exchange;
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(0);
    private byte @Nullable [] trailers;
    private long announced = -1;
    private long received;
    private int heldBytes;
    private long movedNanos;
    private boolean ended;
    private boolean blocked;
    private boolean dropped;
    private boolean processing;

    Http2RequestBody(Http2Exchange exchange, Http2ClientConnection connection, Http2Stream stream) {
        this.exchange = exchange;
        this.connection = connection;
        this.stream = stream;
    }

    void begin(boolean hasEnded) {
        ended = hasEnded;
        processing = true;
        movedNanos = connection.worker.nanos();
        connection.wasRead(exchange);
    }

    /** @param contentLength -1 for none */
    void announce(long contentLength) {
        announced = contentLength;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isProcessing() {
        return processing;
    }

    /** @param bytes with the padding @return how much of it the client may send anew */
    int data(ByteBuf data, int bytes, boolean end) throws Http2Exception {
        received += data.readableBytes();
        if (announced >= 0 && (received > announced || end && received < announced)) {
            throw exchange.fault("the body is not as long as content-length says");
        }
        movedNanos = connection.worker.nanos();
        exchange.bodyReceived(data.readableBytes());
        ended |= end;
        RequestBodyConsumer taker = exchange.consumer;
        if (dropped) {
            return bytes;
        }
        if (!processing) {
            processing = true;
            connection.wasRead(exchange);
        }
        exchange.progress.received(data.readableBytes());
        if (taker == null) {
            waiting.add(data.retainedSlice());
            heldBytes += bytes;
            return 0;
        }
        if (data.isReadable()) {
            taker.data(data.retainedSlice());
        }
        if (end) {
            endTo(taker);
        }
        if (blocked) {
            heldBytes += bytes;
            return 0;
        }
        return bytes;
    }

    void trailers(HeaderList list, boolean end) throws Http2Exception {
        byte[] lines = connection.worker.http2Requests.trailers(list);
        if (!end || lines == null || announced >= 0 && received < announced) {
            throw exchange.fault("the trailers are malformed");
        }
        ended = true;
        trailers = lines;
        RequestBodyConsumer taker = exchange.consumer;
        if (taker != null) {
            endTo(taker);
        }
    }

    private void endTo(RequestBodyConsumer taker) {
        // A refusal on the way ends the exchange with the consumer.
        if (exchange.consumer == taker) {
            taker.end(trailers);
        }
    }

    /** Hands out what is here already. */
    void take(RequestBodyConsumer taker) {
        movedNanos = connection.worker.nanos();
        exchange.bodyDeadline.begin(movedNanos);
        while (!waiting.isEmpty() && exchange.consumer == taker) {
            ByteBuf data = waiting.remove();
            if (data.isReadable()) {
                taker.data(data);
            } else {
                data.release();
            }
        }
        if (ended) {
            endTo(taker);
        }
        if (!processing && exchange.consumer == taker) {
            taker.flush();
        }
        giveCredit();
    }

    void block(boolean now) {
        movedNanos = connection.worker.nanos();
        if (blocked != now) {
            exchange.bodyDeadline.begin(movedNanos);
        }
        blocked = now;
        giveCredit();
    }

    private void giveCredit() {
        if (blocked || heldBytes == 0 || exchange.isGone()) {
            return;
        }
        int bytes = heldBytes;
        heldBytes = 0;
        try {
            if (connection.codec.decoder().flowController().consumeBytes(stream, bytes) && !processing) {
                connection.flush();
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException("more of a body was given credit for than came", e);
        }
    }

    void batchEnded() {
        processing = false;
        RequestBodyConsumer taker = exchange.consumer;
        if (taker != null) {
            taker.flush();
        }
    }

    /** Whether the client has been silent for too long in the middle of its body. */
    boolean isLate(long nowNanos) {
        return !ended
                && !blocked
                && exchange.consumer != null
                && (nowNanos - movedNanos
                                > connection
                                        .listener
                                        .plane()
                                        .limits
                                        .idleTimeout()
                                        .toNanos()
                        || exchange.isBodyLate(nowNanos));
    }

    /** What still comes is not read. */
    void drop() {
        dropped = true;
        releaseWaiting();
        blocked = false;
        giveCredit();
    }

    void release() {
        dropped = true;
        releaseWaiting();
    }

    private void releaseWaiting() {
        while (!waiting.isEmpty()) {
            waiting.remove().release();
        }
    }
}
