package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamOrigin;
import bulwark.gateway.http2.FrameBudget;
import bulwark.gateway.http2.Http2Codec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of HTTP/2 to an upstream: as many calls at once as both sides allow, each an {@link Http2UpstreamExchange}. Stands behind the codec in the pipeline. */
final class Http2UpstreamConnection extends TimedConnection implements UpstreamLink, Http2Codec.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Http2UpstreamConnection.class);

    final UpstreamOrigin origin;
    final LoopWorker worker;
    final Http2Codec codec;
    final FrameBudget budget;
    final Http2UpstreamFrames frames;
    private final ProxyLimits limits;
    private final BooleanSupplier stale;
    private final List<Http2UpstreamExchange> exchanges = new ArrayList<>();
    private final List<Http2UpstreamExchange> read = new ArrayList<>();
    private ChannelHandlerContext context;
    private CommonFlush flush;
    private ChannelHandlerContext codecContext;
    private boolean closing;
    private boolean answered;
    private UpstreamConnector.@Nullable Listener opening;
    private long openDeadlineNanos;
    private long idleSinceNanos;

    @SuppressWarnings({"NullAway.Init", "this-escape"
    }) // the contexts are there once both handlers are added; the codec only keeps this
    private Http2UpstreamConnection(
            UpstreamOrigin origin, LoopWorker worker, ProxyLimits limits, BooleanSupplier stale) {
        this.stale = stale;
        this.origin = origin;
        this.worker = worker;
        this.limits = limits;
        this.budget = new FrameBudget(limits.http2().freeFrames(), worker.time);
        this.frames = new Http2UpstreamFrames(this);
        this.codec = Http2Codec.client(limits.http2(), budget, frames, this);
        codec.connection().addListener(frames);
        codec.encoder().flowController().listener(frames::writabilityChanged);
    }

    /** Over an open channel. @param listener hears of it once the upstream has said how many calls it takes, or that it does not @param timeout until then */
    static void open(
            Channel channel,
            UpstreamOrigin origin,
            LoopWorker worker,
            ProxyLimits limits,
            BooleanSupplier stale,
            Duration timeout,
            UpstreamConnector.Listener listener) {
        Http2UpstreamConnection connection = new Http2UpstreamConnection(origin, worker, limits, stale);
        connection.opening = listener;
        channel.pipeline().addLast(connection.codec, connection);
        connection.codecContext = channel.pipeline().context(connection.codec);
        connection.codec.openConnectionWindow(limits.http2().connectionWindowBytes());
        connection.context.flush();
        connection.openDeadlineNanos = worker.nanos() + timeout.toNanos();
        worker.opened(connection);
    }

    /** The upstream's settings came. */
    void ready() {
        UpstreamConnector.Listener waiting = opening;
        if (waiting != null) {
            opening = null;
            idleSinceNanos = worker.nanos();
            worker.pool.share(origin, this);
            waiting.connected(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        flush = new CommonFlush(ctx);
    }

    @Override
    public @Nullable UpstreamExchange open() {
        if (!closing && stale.getAsBoolean()) {
            retire();
        }
        boolean room = exchanges.size() < limits.http2().concurrentStreams()
                && codec.connection().local().canOpenStream();
        if (closing || !room || !context.channel().isActive()) {
            return null;
        }
        Http2UpstreamExchange exchange = new Http2UpstreamExchange(this);
        exchanges.add(exchange);
        return exchange;
    }

    /** Other calls may share it. */
    @Override
    public void discard() {}

    ChannelHandlerContext codecContext() {
        return codecContext;
    }

    void flush() {
        flush.request();
    }

    /** Whether an answer came over this connection, so that the other side may have closed it meanwhile. */
    boolean wasUsed() {
        return answered;
    }

    void answered() {
        answered = true;
        budget.answered();
    }

    void ended(Http2UpstreamExchange exchange) {
        exchanges.remove(exchange);
        idleSinceNanos = worker.nanos();
        closeWhenDone();
    }

    void wasRead(Http2UpstreamExchange exchange) {
        read.add(exchange);
    }

    /** @param lastStreamId that the upstream has seen */
    void goAway(int lastStreamId) {
        for (Http2UpstreamExchange exchange : List.copyOf(exchanges)) {
            if (exchange.streamId() > lastStreamId) {
                exchange.refused();
            }
        }
        retire();
    }

    /** No further call goes over this connection. */
    void retire() {
        if (!closing) {
            closing = true;
            worker.pool.remove(origin, this);
        }
        closeWhenDone();
    }

    private void closeWhenDone() {
        if (closing && exchanges.isEmpty()) {
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        for (Http2UpstreamExchange exchange : read) {
            exchange.batchEnded();
        }
        read.clear();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.closed(this);
        closing = true;
        worker.pool.remove(origin, this);
        for (Http2UpstreamExchange exchange : List.copyOf(exchanges)) {
            exchange.closed();
        }
        UpstreamConnector.Listener waiting = opening;
        if (waiting != null) {
            opening = null;
            waiting.failed(new IOException("the upstream does not begin with settings of HTTP/2"));
        }
    }

    @Override
    public void channelWritabilityChanged(
            ChannelHandlerContext ctx) {} // The flow controller reports it for each stream.

    @Override
    public void flooded(FrameBudget.Kind kind) {
        LOG.warn("the upstream {} floods its connection ({}) and is cut off", origin, kind.reason());
        retire();
    }

    /** Of a request, which upstreams do not send. */
    @Override
    public void headersTooLarge(int streamId) {}

    @Override
    void tick(long nowNanos) {
        if (opening != null) {
            if (nowNanos - openDeadlineNanos >= 0) {
                abort();
            }
        } else if (exchanges.isEmpty()
                && (stale.getAsBoolean()
                        || nowNanos - idleSinceNanos
                                > limits.upstreamIdleTimeout().toNanos())) {
            retire();
        }
    }

    @Override
    void drain() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection to the upstream {} failed and is closed", origin, cause);
        }
        abort();
    }

    @Override
    void abort() {
        codecContext.close();
    }
}
