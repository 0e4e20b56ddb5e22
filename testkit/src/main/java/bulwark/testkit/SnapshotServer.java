package bulwark.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A control plane of one gateway, on loopback, that hands out the snapshots that it is given and hears what becomes of them. It registers whoever asks, under the id {@code scale}. For one
 * thread; {@link #close} ends the server.
 */
public final class SnapshotServer implements AutoCloseable {
    /** Id of the gateway, which each snapshot must name. */
    public static final String GATEWAY = "scale";

    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(2);

    private final HttpServer server;
    private final BlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private volatile long sentNanos;

    public SnapshotServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (path.endsWith("/register")) {
            respond(exchange, 201, ("{\"id\":\"" + GATEWAY + "\"}").getBytes(StandardCharsets.UTF_8));
        } else if (path.endsWith("/snapshot")) {
            asked.add(exchange.getRequestURI().getQuery());
            byte[] next = next();
            sentNanos = System.nanoTime();
            respond(exchange, next == null ? 204 : 200, next);
        } else {
            if (path.endsWith("/route-sync-ack")) {
                answers.add(body);
            }
            respond(exchange, 204, null);
        }
    }

    private byte @Nullable [] next() throws IOException {
        try {
            return waiting.poll(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void respond(HttpExchange exchange, int status, byte @Nullable [] body) throws IOException {
        exchange.sendResponseHeaders(status, body == null ? -1 : body.length);
        if (body != null) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /**
     * From the first byte that is sent until the gateway says that it carried the snapshot out.
     *
     * @throws IllegalStateException when it refused it, or said nothing
     */
    public Duration deliver(byte[] document) throws InterruptedException {
        waiting.add(document);
        String answer = answers.poll(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        long carriedOut = System.nanoTime();
        if (answer == null || !answer.contains("\"applied\"")) {
            throw new IllegalStateException("the gateway did not carry the snapshot out: " + answer);
        }
        return Duration.ofNanos(carriedOut - sentNanos);
    }

    /** Answers the next question with this, whatever becomes of it. */
    public void hand(byte[] document) {
        waiting.add(document);
    }

    /**
     * The query of the question for a snapshot that is the oldest one not returned yet.
     *
     * @throws IllegalStateException when none comes
     */
    public String awaitQuestion() throws InterruptedException {
        String query = asked.poll(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        if (query == null) {
            throw new IllegalStateException("the gateway asked for no snapshot");
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
