package bulwark.web;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.ListeningProcess;
import bulwark.kernel.tls.ReloadingTls;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The listeners of one process on one Vert.x instance. Thread-safe. */
public final class Edge implements AutoCloseable {
    private static final int LOOPS = Math.min(2, Runtime.getRuntime().availableProcessors());
    private static final long HANDSHAKE_SECONDS = 8;
    private static final int BACKLOG = 1024;
    private static final int REQUEST_LINE_EXTRA = 32;

    private final Vertx vertx;
    private final ProcessLimits processLimits =
            new ProcessLimits(DescriptorLimit.connections(Path.of("/proc/self/limits")));
    private final RequestIds ids = new RequestIds();
    private final AtomicInteger freePorts = new AtomicInteger();

    private Edge(Vertx vertx) {
        this.vertx = vertx;
    }

    public static Edge create() {
        return new Edge(Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(LOOPS)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false))));
    }

    /**
     * @param port 0 for any free one
     * @return the bound port
     * @throws EdgeFailed with a sentence, for instance "port 8000 is in use by process 4711"
     * @throws IllegalArgumentException when a route is declared twice or its template is malformed
     */
    public int listenPlain(Service service, String host, int port) {
        return listen(service, host, port, null);
    }

    /**
     * TLS 1.3 with the client certificates that the service asks for; a peer that sent one is checked again at each request. Otherwise as
     * {@link #listenPlain}.
     */
    public int listenTls(Service service, String host, int port, ReloadingTls tls) {
        return listen(service, host, port, tls);
    }

    private int listen(Service service, String host, int port, @Nullable ReloadingTls tls) {
        Listener listener = Listener.of(service, processLimits, ids, tls);
        HttpServerOptions options = options(service.limits());
        SocketAddress address = port == 0
                ? SocketAddress.sharedRandomPort(freePorts.incrementAndGet(), host)
                : SocketAddress.inetSocketAddress(port, host);
        if (tls != null) {
            if (!tls.trustsPeers() && service.clientCertificate() != Service.ClientCertificate.NONE) {
                throw new IllegalArgumentException("without a CA bundle no client certificate can be trusted");
            }
            secure(options, tls, service.clientCertificate());
            options.setSslEngineOptions(new ObservedEngineOptions(
                    new HandshakeObserver(processLimits.handshakes(), listener.metrics(), tls)));
        }
        AtomicInteger bound = new AtomicInteger();
        try {
            await(vertx.deployVerticle(
                    () -> new ListenerVerticle(listener, options, address, bound::set),
                    new DeploymentOptions().setInstances(LOOPS)));
        } catch (CompletionException e) {
            throw EdgeFailed.of(host, port, e);
        }
        return bound.get();
    }

    private static HttpServerOptions options(Service.Limits limits) {
        return new HttpServerOptions()
                .setUseAlpn(false)
                .setAlpnVersions(List.of(HttpVersion.HTTP_1_1))
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                // No route speaks WebSocket: the handler that negotiates its compression would look at every message.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setTcpNoDelay(true)
                .setAcceptBacklog(BACKLOG)
                .setMaxInitialLineLength(limits.maxUri() + REQUEST_LINE_EXTRA)
                .setMaxHeaderSize(limits.maxHeaderBytes());
    }

    private static void secure(HttpServerOptions options, ReloadingTls tls, Service.ClientCertificate wanted) {
        options.setSsl(true)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManager()))
                .setTrustOptions(TrustOptions.wrap(tls.trustManager()))
                .setClientAuth(
                        switch (wanted) {
                            case REQUIRED -> ClientAuth.REQUIRED;
                            case OPTIONAL -> ClientAuth.REQUEST;
                            case NONE -> ClientAuth.NONE;
                        })
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    }

    /** Refuses new requests with {@link EdgeRefusal.Stopping}, waits for the open ones at most for the deadline, then closes. */
    public void drain(Duration deadline) {
        try {
            processLimits.drain(deadline.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    /** Ends when the first request of all listeners was answered, or the patience is over. */
    public CompletableFuture<Void> answered(Duration patience) {
        return processLimits.answered().copy().completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <T> void await(Future<T> future) {
        future.toCompletionStage().toCompletableFuture().join();
    }

    /** A listener could not be opened; the message is a sentence for the operator. */
    public static final class EdgeFailed extends OperatorError {
        public EdgeFailed(String message, Throwable cause) {
            super(ExitCode.FAILED, List.of(message), cause);
        }

        private static EdgeFailed of(String host, int port, CompletionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return cause instanceof BindException
                            && String.valueOf(cause.getMessage()).contains("in use")
                    ? new EdgeFailed("port " + port + " is in use" + holder(port), cause)
                    : new EdgeFailed("cannot listen on " + host + " port " + port + ": " + cause.getMessage(), cause);
        }

        private static String holder(int port) {
            OptionalLong process = ListeningProcess.onPort(port);
            return process.isPresent() ? " by process " + process.getAsLong() : "";
        }
    }
}
