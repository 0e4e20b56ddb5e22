package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamOrigin;
import bulwark.gateway.http1.BodyReader;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an upstream: reads one answer after the other, and believes none. A connection that said anything that was not asked for, or anything that is not exactly one answer, is closed and never used
 * again.
 */
final class UpstreamConnection extends TimedConnection implements UpstreamLink, UpstreamExchange {
    private enum State {
        IDLE,
        HEAD,
        BODY,
        TUNNEL,
        CLOSED
    }

    private final UpstreamOrigin origin;
    private final LoopWorker worker;
    private final ProxyLimits limits;
    private final BooleanSupplier stale;
    private final BodyReader body = new BodyReader();
    private ChannelHandlerContext context;
    private State state = State.IDLE;
    private @Nullable ProxyExchange exchange;
    private @Nullable ByteBuf pending;
    private boolean answered;
    private boolean begun;
    private boolean reset;
    private boolean persistent;
    private boolean chunked;
    private long idleSinceNanos;

    @SuppressWarnings("NullAway.Init") // context is there once the channel is registered
    UpstreamConnection(UpstreamOrigin origin, LoopWorker worker, ProxyLimits limits, BooleanSupplier stale) {
        this.stale = stale;
        this.origin = origin;
        this.worker = worker;
        this.limits = limits;
    }

    /** The channel is open already. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        idleSinceNanos = worker.nanos();
        worker.opened(this);
    }

    @Override
    public @Nullable UpstreamExchange open() {
        return exchange == null && isActive() ? this : null;
    }

    @Override
    public void discard() {
        if (exchange == null) {
            context.close();
        }
    }

    /** From now on this exchange owns the connection, until its answer ended. */
    @Override
    public void begin(ProxyExchange owner) {
        exchange = owner;
        state = State.HEAD;
        begun = false;
    }

    @Override
    public void writeHead(HeadWriter writer, boolean inChunks, boolean withBody) {
        chunked = inChunks;
        ByteBuf out = context.alloc().directBuffer(writer.length());
        writer.writeTo(out);
        write(out);
    }

    @Override
    public void writeData(ByteBuf data) {
        if (chunked) {
            ChunkWriter.write(context, data);
        } else {
            write(data);
        }
    }

    @Override
    public void writeEnd(byte @Nullable [] trailers) {
        if (chunked) {
            ChunkWriter.writeLast(context, worker, trailers);
        }
    }

    boolean isActive() {
        return state != State.CLOSED && context.channel().isActive() && !stale.getAsBoolean();
    }

    void write(ByteBuf data) {
        context.write(data, context.voidPromise());
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void readAhead(boolean on) {
        Channel channel = context.channel();
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    /** Not HTTP any more. */
    void tunnel() {
        state = State.TUNNEL;
    }

    @Override
    public void close() {
        exchange = null;
        context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        ProxyExchange owner = exchange;
        if (owner == null) {
            in.release();
            ctx.close();
            return;
        }
        if (state == State.TUNNEL) {
            tunnelled(owner, in);
            return;
        }
        begun = true;
        ByteBuf all = pending == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), pending, in);
        pending = null;
        boolean more = true;
        while (more) {
            more = state == State.HEAD ? readHead(owner, all) : state == State.BODY && readBody(owner, all);
        }
        if (exchange == owner && state == State.HEAD && all.isReadable()) {
            pending = all;
        } else if (state == State.TUNNEL && exchange == owner && all.isReadable()) {
            tunnelled(owner, all);
        } else {
            all.release();
        }
    }

    private static void tunnelled(ProxyExchange owner, ByteBuf data) {
        WebSocketTunnel tunnel = owner.tunnel();
        if (tunnel == null) {
            data.release();
        } else {
            tunnel.fromUpstream(data);
        }
    }

    private boolean readHead(ProxyExchange owner, ByteBuf in) {
        int length = Math.min(in.readableBytes(), worker.scratch.length);
        if (length == 0) {
            return false;
        }
        in.getBytes(in.readerIndex(), worker.scratch, 0, length);
        HeadReader reader = worker.answers;
        switch (reader.readResponse(worker.scratch, length)) {
            case COMPLETE -> {
                in.skipBytes(reader.headEnd());
                return headRead(owner, reader, in);
            }
            case INCOMPLETE -> {
                return false;
            }
            default -> {
                owner.answerMalformed("The upstream's head cannot be read: " + reader.fault());
                return false;
            }
        }
    }

    private boolean headRead(ProxyExchange owner, HeadReader reader, ByteBuf in) {
        int status = reader.status();
        if (status / 100 == 1) {
            return owner.interim(reader, worker.scratch, this) && state == State.HEAD;
        }
        persistent = reader.isPersistent();
        boolean bodiless = owner.isHeadRequest() || status == 204 || status == 304;
        if (bodiless) {
            body.beginLength(0);
        } else if (reader.isChunked()) {
            body.beginChunked();
        } else if (reader.contentLength() >= 0) {
            body.beginLength(reader.contentLength());
        } else {
            body.beginUntilClose();
            persistent = false;
        }
        state = State.BODY;
        owner.answerHead(reader, worker.scratch, bodiless, in);
        return exchange == owner;
    }

    private boolean readBody(ProxyExchange owner, ByteBuf in) {
        switch (body.next(in)) {
            case DATA -> {
                owner.answerData(in.readRetainedSlice(body.available()));
                return exchange == owner;
            }
            case END -> {
                ended(owner, in.isReadable());
                return false;
            }
            case NEED_MORE -> {
                return false;
            }
            case MALFORMED -> {
                owner.answerMalformed("The chunks of the upstream's answer are malformed.");
                return false;
            }
        }
        return false;
    }

    /** Of the answer's fixed length, taken out of the buffer by the exchange itself. */
    @Override
    public void bodyTaken() {
        body.beginLength(0);
    }

    private void ended(ProxyExchange owner, boolean surplus) {
        byte[] trailers = body.trailers();
        boolean reusable = persistent && !surplus && owner.isRequestSent() && isActive();
        exchange = null;
        answered = true;
        // Before the exchange goes on: the client's next request finds the connection in the pool.
        if (reusable) {
            release();
        } else {
            state = State.CLOSED;
            context.close();
        }
        owner.answerEnded(trailers);
    }

    private void release() {
        state = State.IDLE;
        idleSinceNanos = worker.nanos();
        readAhead(true);
        if (!worker.pool.put(origin, this)) {
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ProxyExchange owner = exchange;
        if (owner != null) {
            owner.flushClient();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ProxyExchange owner = exchange;
        if (owner != null) {
            owner.upstreamWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.closed(this);
        if (state == State.IDLE) {
            worker.pool.remove(origin, this);
        }
        ByteBuf rest = pending;
        if (rest != null) {
            pending = null;
            rest.release();
        }
        boolean inBody = state == State.BODY;
        state = State.CLOSED;
        ProxyExchange owner = exchange;
        exchange = null;
        if (owner == null) {
            return;
        }
        if (inBody && body.endsWithConnection() && !reset) {
            owner.answerEnded(null);
        } else {
            owner.upstreamClosed(answered && !begun);
        }
    }

    @Override
    void tick(long nowNanos) {
        boolean idleTooLong =
                nowNanos - idleSinceNanos > limits.upstreamIdleTimeout().toNanos();
        if (state == State.IDLE && (idleTooLong || stale.getAsBoolean())) {
            context.close();
        }
    }

    @Override
    void drain() {}

    @Override
    void abort() {
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        reset = true;
        ctx.close();
    }
}
