package bulwark.web;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener's share of one event loop: its connections, and once a second a look at their deadlines. */
final class ListenerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerVerticle.class);
    private static final long SWEEP_MILLIS = 1_000;

    private final Listener listener;
    private final HttpServerOptions options;
    private final SocketAddress address;
    private final IntConsumer bound;
    private final Map<HttpConnection, Connection> connections = new IdentityHashMap<>();

    /** @param bound called with the port */
    ListenerVerticle(Listener listener, HttpServerOptions options, SocketAddress address, IntConsumer bound) {
        this.listener = listener;
        this.options = options;
        this.address = address;
        this.bound = bound;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
        return vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(this::requested)
                .exceptionHandler(e -> LOG.debug("a connection failed before its first request: {}", e.toString()))
                .listen(address)
                .onSuccess((HttpServer server) -> bound.accept(server.actualPort()));
    }

    private void connected(HttpConnection http) {
        HttpServerConnection server = (HttpServerConnection) http;
        Connection connection = new Connection(server, listener.limits());
        OpenConnections.Admission admission = listener.processLimits()
                .connections()
                .opened(connection, listener.limits().maxConnections());
        connections.put(http, connection);
        http.exceptionHandler(e -> LOG.debug("connection from {} failed: {}", connection.remote(), e.toString()));
        http.closeHandler(v -> {
            connections.remove(http);
            listener.processLimits().connections().closed(connection);
            connection.wasClosed();
        });
        if (admission == OpenConnections.Admission.DISPLACED) {
            listener.metrics().closed("displaced");
        }
        if (admission == OpenConnections.Admission.FULL) {
            listener.metrics().closed("limit");
            connection.close();
            return;
        }
        ChannelPipeline pipeline = server.channelHandlerContext().pipeline();
        pipeline.replace("httpDecoder", "httpDecoder", new StrictHttpDecoder(options.getHttp1Config(), connection));
    }

    private void requested(HttpServerRequest request) {
        Connection connection = connections.get(request.connection());
        if (connection == null) {
            request.connection().close();
            return;
        }
        try {
            new Exchange(listener, connection, request).begin();
        } catch (RuntimeException | Error e) {
            LOG.error("a request could not be handled", e);
            connection.close();
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        List<Connection> all = new ArrayList<>(connections.values());
        for (Connection connection : all) {
            if (listener.processLimits().draining()) {
                connection.closeIfIdle();
            }
            String why = connection.timedOutWaitingFor(now);
            if (why != null) {
                listener.metrics().closed(why);
                connection.timeOut();
            }
        }
    }
}
