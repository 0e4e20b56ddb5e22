package bulwark.gateway.opensearch;

import bulwark.kernel.json.StrictJson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Answers the bulk API on loopback as OpenSearch does, and can fail in the ways in which a network and an index do. */
final class BulkIndex implements AutoCloseable {
    final Map<String, JsonNode> documents = new ConcurrentHashMap<>();
    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger largest = new AtomicInteger();
    final List<String> authorizations = new ArrayList<>();
    private final HttpServer server;
    private volatile Mode mode = Mode.TAKE;
    private final CountDownLatch ended = new CountDownLatch(1);

    enum Mode {
        TAKE,
        /** Everything is taken, and the answer is lost. */
        LOSE_ANSWER,
        /** 503 to the whole request. */
        UNAVAILABLE,
        /** Every second document is answered 429, the others are taken. */
        BUSY,
        /** No answer for as long as this lasts. */
        SILENT,
        /** Documents with a record are not what the mapping expects. */
        OTHER_MAPPING,
        /** 200 with what is no answer of the bulk API. */
        NONSENSE
    }

    BulkIndex() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void mode(Mode next) {
        mode = next;
    }

    private void handle(HttpExchange exchange) throws IOException {
        Mode now = mode;
        byte[] body = exchange.getRequestBody().readAllBytes();
        requests.incrementAndGet();
        largest.accumulateAndGet(body.length, Math::max);
        synchronized (authorizations) {
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        }
        if (now == Mode.SILENT) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
            return;
        }
        if (now == Mode.UNAVAILABLE) {
            answer(exchange, 503, "{}");
            return;
        }
        String[] lines = new String(body, StandardCharsets.UTF_8).split("\n");
        StringBuilder items = new StringBuilder();
        for (int i = 0; i + 1 < lines.length; i += 2) {
            String id = StrictJson.parse(lines[i].getBytes(StandardCharsets.UTF_8))
                    .at("/create/_id")
                    .asString();
            JsonNode document = StrictJson.parse(lines[i + 1].getBytes(StandardCharsets.UTF_8));
            int status;
            if (now == Mode.BUSY && i % 4 == 2) {
                status = 429;
            } else if (now == Mode.OTHER_MAPPING && document.has("record")) {
                status = 400;
            } else {
                status = documents.putIfAbsent(id, document) == null ? 201 : 409;
            }
            items.append(i == 0 ? "" : ",").append("{\"create\":{\"_id\":\"" + id + "\",\"status\":" + status + "}}");
        }
        if (now == Mode.LOSE_ANSWER) {
            exchange.close();
            return;
        }
        answer(exchange, 200, now == Mode.NONSENSE ? "<html>" : "{\"errors\":false,\"items\":[" + items + "]}");
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        ended.countDown();
        server.stop(0);
    }
}
