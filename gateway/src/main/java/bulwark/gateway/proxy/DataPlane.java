package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The listeners of a gateway and the threads that serve them. Thread-safe. */
public final class DataPlane implements AutoCloseable {
    private static final int BACKLOG = 1_024;
    private static final int LOW_WATER_BYTES = 64 << 10;
    private static final int HIGH_WATER_BYTES = 256 << 10;
    private static final long POLL_MILLIS = 20;
    /** How long a connection without a request stays open when the plane drains: a request that is on its way has its answer, which says that it is the last. */
    private static final long DRAIN_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final EventLoops loops;
    private final PlaneContext context;
    private final Map<EventExecutor, LoopWorker> workers = new IdentityHashMap<>();
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();

    private DataPlane(EventLoops loops, PlaneContext context) {
        this.loops = loops;
        this.context = context;
    }

    /**
     * Nothing listens yet.
     *
     * @param threads event loops, at least one
     * @param random seeds the trace ids
     */
    public static DataPlane create(
            int threads,
            ProxyLimits limits,
            CallPipeline pipeline,
            EndpointTable endpoints,
            ForwardingContext forwarding,
            CallMetrics metrics,
            PlaneTime time,
            RandomGenerator random) {
        EventLoops loops = EventLoops.create(threads);
        PlaneContext context =
                new PlaneContext(limits, pipeline, endpoints, forwarding.routes(), forwarding.retryBudget(), metrics);
        metrics.observe(context, forwarding.upstreams()::breaker);
        DataPlane plane = new DataPlane(loops, context);
        UpstreamConnector connector = new UpstreamConnector(
                loops, forwarding.guard(), forwarding.upstreams().tls(), limits, context.upstreamConnections);
        for (EventExecutor loop : loops.group()) {
            LoopWorker worker = new LoopWorker((EventLoop) loop, context, connector, time, random.nextLong());
            plane.workers.put(loop, worker);
            worker.start();
        }
        return plane;
    }

    /**
     * Plain HTTP/1.1.
     *
     * @param port 0 for any free one
     * @return the bound port
     * @throws ListenFailed with a sentence
     */
    public int listenPlain(String host, int port) {
        return listen(host, port, null, 0);
    }

    /**
     * Plain HTTP/1.1 that answers the health endpoints and sends every other request to the TLS listener, with 308.
     *
     * @param tlsPort of {@link #listenTls}
     */
    public int listenRedirecting(String host, int port, int tlsPort) {
        return listen(host, port, null, tlsPort);
    }

    /** HTTP/1.1 over TLS; otherwise as {@link #listenPlain}. */
    public int listenTls(String host, int port, ListenerTls tls) {
        return listen(host, port, tls, 0);
    }

    private int listen(String host, int port, @Nullable ListenerTls tls, int redirectPort) {
        ListenerContext shared = new ListenerContext(context, tls, redirectPort);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel, shared);
                    }
                });
        try {
            Channel listener = bootstrap.bind(host, port).syncUninterruptibly().channel();
            listeners.add(listener);
            return ((InetSocketAddress) listener.localAddress()).getPort();
        } catch (Exception e) { // Netty throws the bind's own exception unchecked
            throw new ListenFailed(host, port, e);
        }
    }

    private void accept(SocketChannel channel, ListenerContext shared) {
        InetSocketAddress address = channel.remoteAddress();
        ListenerTls tls = shared.tls();
        if (address == null) {
            channel.close(); // The client is gone already.
            return;
        }
        ConnectionGate.Reason reason = context.connections.acquire(address.getAddress());
        if (reason != null) {
            context.metrics.rejected(reason);
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> context.connections.release(address.getAddress()));
        if (tls == null) {
            channel.pipeline().addLast(new ClientConnection(shared, worker(channel), CallPeer.plain(address)));
        } else {
            channel.pipeline().addLast(tls.handler(), new TlsHandshake(shared, tls, worker(channel), address));
        }
    }

    private LoopWorker worker(Channel channel) {
        LoopWorker worker = workers.get(channel.eventLoop());
        if (worker == null) {
            throw new IllegalStateException("a connection came on a loop of another data plane");
        }
        return worker;
    }

    /** Whether the process is about to stop, so that readiness is denied. */
    public boolean isDraining() {
        return context.draining;
    }

    /** Of clients, open now. */
    int connections() {
        return context.connections.open();
    }

    /** Takes no new connection, ends each one after its request under way, and waits for those requests. @return whether all were answered in time */
    public boolean drain(Duration deadline) {
        // First, since a client that reads of the end of its connection opens another at once: it must be refused, not
        // cut off unread.
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        context.draining = true;
        long began = System.nanoTime();
        awaitUntil(began + Math.min(DRAIN_IDLE_NANOS, deadline.toNanos()), () -> connections() == 0);
        for (LoopWorker worker : workers.values()) {
            worker.loop.execute(() -> worker.connections().forEach(TimedConnection::drain));
        }
        awaitUntil(began + deadline.toNanos(), () -> context.calls.get() == 0);
        return context.calls.get() == 0;
    }

    private static void awaitUntil(long endNanos, BooleanSupplier done) {
        while (!done.getAsBoolean() && System.nanoTime() - endNanos < 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** At once. */
    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        loops.close();
    }

    /** A listener could not be opened; the message is a sentence for the operator. */
    public static final class ListenFailed extends OperatorError {
        private static final long serialVersionUID = 1;

        ListenFailed(String host, int port, Exception cause) {
            super(
                    ExitCode.FAILED,
                    List.of("cannot listen on " + host + " port " + port + ": " + cause.getMessage()
                            + "; STOA_HOST and STOA_PORT name the address"),
                    cause);
        }
    }
}
