package bulwark.gateway.fetch;

import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Requests over HTTP/1.1, in plain or over TLS with the server's name checked. Each fetch asks the guard anew and connects to the address that was judged, not to the name. Redirects are
 * not followed. Thread-safe.
 */
public final class GuardedFetch implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final AddressGuard guard;
    private final SSLContext tls;
    private final int maxBytes;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().daemon().name("fetch").factory(), NioIoHandler.newFactory());

    /**
     * @param tls trusts the servers; their names are checked besides
     * @param maxBytes longest body that is taken
     */
    public GuardedFetch(AddressGuard guard, SSLContext tls, int maxBytes) {
        this.guard = guard;
        this.tls = tls;
        this.maxBytes = maxBytes;
    }

    /** With the authorities that this JDK trusts. */
    public static GuardedFetch withSystemTrust(AddressGuard guard, int maxBytes) {
        try {
            return new GuardedFetch(guard, SSLContext.getDefault(), maxBytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has a default TLS context", e);
        }
    }

    /**
     * Blocks for at most fifteen seconds; call on a virtual thread.
     *
     * @return the body of a 200
     * @throws IOException with a sentence that tells what to mend, also when the guard refuses
     */
    public byte[] get(TargetUrl url) throws IOException {
        FetchAnswer answer = send(FetchRequest.get(url));
        if (answer.status() != OK) {
            throw new IOException(url + " could not be fetched: it answered " + answer.status());
        }
        return answer.body();
    }

    /**
     * Blocks for at most fifteen seconds; call on a thread that may.
     *
     * @return whatever the server answers
     * @throws IOException with a sentence that tells what to mend, also when the guard refuses
     */
    public FetchAnswer send(FetchRequest request) throws IOException {
        return switch (guard.decide(request.url())) {
            case GuardDecision.Blocked blocked -> throw new IOException(blocked.sentence());
            case GuardDecision.Allowed allowed ->
                send(request, allowed.addresses().getFirst());
        };
    }

    private FetchAnswer send(FetchRequest request, InetSocketAddress address) throws IOException {
        TargetUrl url = request.url();
        CompletableFuture<FetchAnswer> body = new CompletableFuture<>();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        prepare(channel.pipeline(), request, body);
                    }
                });
        Channel channel = bootstrap
                .connect(address)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        body.completeExceptionally(connected.cause());
                    }
                })
                .channel();
        try {
            return body.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(url + " did not answer within " + TIMEOUT.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(url + " could not be fetched: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the fetch of " + url + " was interrupted", e);
        } finally {
            channel.close();
        }
    }

    private void prepare(ChannelPipeline pipeline, FetchRequest request, CompletableFuture<FetchAnswer> body) {
        TargetUrl url = request.url();
        if (url.scheme().equals("https")) {
            SSLEngine engine = tls.createSSLEngine(url.host().text(), url.port());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            engine.setSSLParameters(parameters);
            pipeline.addLast(new SslHandler(engine));
        }
        pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(maxBytes), new FetchHandler(request, body));
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
