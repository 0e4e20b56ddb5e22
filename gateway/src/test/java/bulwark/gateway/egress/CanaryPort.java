package bulwark.gateway.egress;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** One port with two faces: an allowed backend on {@link LyingNameServer#TRUTH}, and canaries on the other addresses of loopback, which nobody may connect to. */
final class CanaryPort implements AutoCloseable {
    static final String HONEST = "honest";
    private static final int MAX_TRIES = 50;

    final int port;
    private final HttpServer backend;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ServerSocket> canaries = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    CanaryPort() throws IOException {
        backend = HttpServer.create();
        port = bind();
        backend.setExecutor(threads);
        backend.createContext("/", exchange -> {
            byte[] body = HONEST.getBytes(StandardCharsets.US_ASCII);
            // So that each call needs a connection of its own, and each connection a look-up.
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        backend.start();
        canaries.forEach(canary -> Thread.ofPlatform().daemon().start(() -> count(canary)));
    }

    /** A port that is free on all of the addresses. */
    private int bind() throws IOException {
        for (int i = 0; true; i++) {
            ServerSocket first = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            canaries.add(first);
            try {
                backend.bind(new InetSocketAddress(LyingNameServer.TRUTH, first.getLocalPort()), 0);
                canaries.add(new ServerSocket(first.getLocalPort(), 50, InetAddress.getByName("::1")));
                return first.getLocalPort();
            } catch (IOException taken) {
                first.close();
                canaries.clear();
                if (i == MAX_TRIES) {
                    throw taken;
                }
            }
        }
    }

    private void count(ServerSocket canary) {
        while (!canary.isClosed()) {
            try (Socket caught = canary.accept()) {
                connections.incrementAndGet();
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** How many connections the canaries have got; that they work is seen by making one. */
    int canaryConnections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        backend.stop(0);
        threads.close();
        for (ServerSocket canary : canaries) {
            canary.close();
        }
    }
}
