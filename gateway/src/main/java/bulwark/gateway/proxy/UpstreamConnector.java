package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamOrigin;
import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.tls.TlsRefused;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens connections to upstreams: to an address that the guard has judged for this connection, and to no other. Thread-safe. */
final class UpstreamConnector {
    private static final int LOW_WATER_BYTES = 64 << 10;
    private static final int HIGH_WATER_BYTES = 256 << 10;

    /** Hears of the outcome on the event loop, once. */
    interface Listener {
        void connected(UpstreamLink link);

        void blocked(GuardDecision.Blocked why);

        void failed(Throwable cause);
    }

    private final EventLoops loops;
    private final AddressGuard guard;
    private final UpstreamTls tls;
    private final ProxyLimits limits;
    private final AtomicInteger open;

    /** @param open counts the connections that are open or being opened */
    UpstreamConnector(EventLoops loops, AddressGuard guard, UpstreamTls tls, ProxyLimits limits, AtomicInteger open) {
        this.loops = loops;
        this.guard = guard;
        this.tls = tls;
        this.limits = limits;
        this.open = open;
    }

    /** @param timeout of each address */
    void connect(UpstreamOrigin origin, LoopWorker worker, Duration timeout, Listener listener) {
        if (origin.isAddress()) {
            decided(guard.decide(origin.url()), origin, worker, timeout, listener);
            return;
        }
        // Names are looked up anew for each connection, which blocks.
        Thread.ofVirtual().name("resolve").start(() -> {
            GuardDecision decision = guard.decide(origin.url());
            worker.loop.execute(() -> decided(decision, origin, worker, timeout, listener));
        });
    }

    private void decided(
            GuardDecision decision, UpstreamOrigin origin, LoopWorker worker, Duration timeout, Listener listener) {
        switch (decision) {
            case GuardDecision.Blocked blocked -> listener.blocked(blocked);
            case GuardDecision.Allowed allowed ->
                connect(allowed.addresses(), 0, new Attempt(origin, worker, timeout, listener, tls.generation()));
        }
    }

    /** @param generation of the TLS material that the connection is opened with */
    private record Attempt(
            UpstreamOrigin origin, LoopWorker worker, Duration timeout, Listener listener, int generation) {}

    /** Whether a connection was opened with TLS material that is not in use any more. */
    private BooleanSupplier stale(Attempt attempt) {
        return attempt.origin.isTls() ? () -> tls.generation() != attempt.generation : () -> false;
    }

    private void connect(List<InetSocketAddress> addresses, int index, Attempt attempt) {
        SslHandler secure;
        try {
            secure = attempt.origin.isTls() ? secure(attempt) : null;
        } catch (TlsRefused e) {
            attempt.listener.failed(e);
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(attempt.worker.loop)
                .channel(loops.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) attempt.timeout.toMillis())
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        initialize(channel, secure);
                    }
                })
                .connect(addresses.get(index));
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                secured(connecting.channel(), attempt);
            } else if (index + 1 < addresses.size()) {
                connect(addresses, index + 1, attempt);
            } else {
                attempt.listener.failed(done.cause());
            }
        });
    }

    private void secured(Channel channel, Attempt attempt) {
        SslHandler secure = channel.pipeline().get(SslHandler.class);
        if (secure == null) {
            opened(channel, attempt, attempt.origin.http() == UpstreamHttp.H2);
            return;
        }
        secure.handshakeFuture().addListener(done -> {
            boolean http2 = ListenerTls.HTTP_2.equals(secure.engine().getApplicationProtocol());
            if (!done.isSuccess()) {
                channel.close();
                attempt.listener.failed(done.cause());
            } else if (!http2 && attempt.origin.http() == UpstreamHttp.H2) {
                channel.close();
                attempt.listener.failed(
                        new SSLException("the upstream does not negotiate h2, which its route asks for"));
            } else {
                opened(channel, attempt, http2);
            }
        });
    }

    private void opened(Channel channel, Attempt attempt, boolean http2) {
        attempt.origin.negotiated(http2);
        if (http2) {
            Http2UpstreamConnection.open(
                    channel, attempt.origin, attempt.worker, limits, stale(attempt), attempt.timeout, attempt.listener);
        } else {
            UpstreamConnection connection =
                    new UpstreamConnection(attempt.origin, attempt.worker, limits, stale(attempt));
            channel.pipeline().addLast(connection);
            attempt.listener.connected(connection);
        }
    }

    private void initialize(Channel channel, @Nullable SslHandler secure) {
        open.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (secure != null) {
            channel.pipeline().addLast(secure);
        }
    }

    private SslHandler secure(Attempt attempt) {
        SslHandler handler = new SslHandler(tls.engine(attempt.origin));
        handler.setHandshakeTimeout(attempt.timeout.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }
}
