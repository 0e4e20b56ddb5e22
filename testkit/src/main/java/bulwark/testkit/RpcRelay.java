package bulwark.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Stands before a node and spoils single answers, as networks and providers do. Thread-safe. */
public final class RpcRelay implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final URI node;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
    private final Map<String, Fault> standing = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();

    /** What becomes of one call. */
    public enum Fault {
        /** The node does it, and the connection ends without an answer. */
        SWALLOWED,
        /** The node does it, and the answer ends in the middle. */
        CUT,
        /** The node does it, and the answer is status 500. */
        STATUS_500,
        /** The node does it, and the answer says that it was there before. */
        ALREADY_KNOWN,
        /** The node does it, and the answer says that the nonce is used. */
        NONCE_TOO_LOW,
        /** The node does it, and its answer loses every event. */
        WITHOUT_EVENTS,
        /** The node never sees it, and the answer is an error. */
        REFUSED,
        /** The node never sees it, and the connection ends. */
        DROPPED,
        /** The node never sees it, and the answer says that all went well: null where a lookup was. */
        EMPTY
    }

    private RpcRelay(URI node, HttpServer server) {
        this.node = node;
        this.server = server;
    }

    public static RpcRelay before(URI node) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            RpcRelay relay = new RpcRelay(node, server);
            server.createContext("/", relay::serve);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The next call of this method meets the fault; several queue up. */
    public void next(String method, Fault fault) {
        faults.computeIfAbsent(method, key -> new ConcurrentLinkedDeque<>()).add(fault);
    }

    /** Every call of this method meets the fault until {@link #mend()}. */
    public void always(String method, Fault fault) {
        standing.put(method, fault);
    }

    public void mend() {
        faults.clear();
        standing.clear();
    }

    /** How often the method was called. */
    public long calls(String method) {
        AtomicLong count = calls.get(method);
        return count == null ? 0 : count.get();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            JsonNode request = JSON.readTree(body);
            String method = request.path("method").asString();
            calls.computeIfAbsent(method, key -> new AtomicLong()).incrementAndGet();
            answer(exchange, request, body, fault(method));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Fault fault(String method) {
        Deque<Fault> queue = faults.get(method);
        Fault next = queue == null ? null : queue.poll();
        return next == null ? standing.get(method) : next;
    }

    private void answer(HttpExchange exchange, JsonNode request, byte[] body, @Nullable Fault fault)
            throws IOException, InterruptedException {
        if (fault == Fault.DROPPED) {
            return;
        }
        if (fault == Fault.REFUSED) {
            send(exchange, error(request, "insufficient funds for gas * price + value"));
            return;
        }
        if (fault == Fault.EMPTY) {
            send(
                    exchange,
                    ("{\"jsonrpc\":\"2.0\",\"id\":" + request.path("id") + ",\"result\":null}")
                            .getBytes(StandardCharsets.UTF_8));
            return;
        }
        byte[] answer = forward(body);
        switch (fault) {
            case null -> send(exchange, answer);
            case CUT -> {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer, 0, answer.length / 2);
                exchange.getResponseBody().flush();
            }
            case STATUS_500 -> exchange.sendResponseHeaders(500, -1);
            case WITHOUT_EVENTS -> {
                JsonNode whole = JSON.readTree(answer);
                if (whole.path("result") instanceof ObjectNode result) {
                    result.putArray("logs");
                }
                send(exchange, JSON.writeValueAsBytes(whole));
            }
            case ALREADY_KNOWN -> send(exchange, error(request, "already known"));
            case NONCE_TOO_LOW -> send(exchange, error(request, "nonce too low"));
            default -> {}
        }
    }

    private byte[] forward(byte[] body) throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(node)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(post, HttpResponse.BodyHandlers.ofByteArray()).body();
    }

    private static byte[] error(JsonNode request, String sentence) {
        return ("{\"jsonrpc\":\"2.0\",\"id\":" + request.path("id") + ",\"error\":{\"code\":-32000,\"message\":\""
                        + sentence + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, byte[] answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
