package bulwark.acceptance.doctor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/** Stands before a listener and passes everything on, but for what its rules change: what a proxy of somebody else's does to a control. Thread-safe. */
final class RewritingProxy implements AutoCloseable {
    private static final Set<String> OWN = Set.of("host", "connection", "content-length", "transfer-encoding", "date");

    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String upstream;
    private final Rule rule;

    /** What is asked, and how it is answered. Both may be changed. */
    static final class Passage {
        final String method;
        final String target;
        final Map<String, String> requestHeaders = new LinkedHashMap<>();
        final Map<String, String> headers = new LinkedHashMap<>();
        int status;
        byte[] body = {};

        Passage(String method, String target) {
            this.method = method;
            this.target = target;
        }
    }

    /** Changes what passes. */
    interface Rule {
        default void request(Passage passage) {}

        void answer(Passage passage);
    }

    RewritingProxy(String upstream, Rule rule) throws IOException {
        this.upstream = upstream;
        this.rule = rule;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            Passage passage = new Passage(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString());
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    passage.requestHeaders.put(name, values.getFirst());
                }
            });
            rule.request(passage);
            ask(passage, exchange.getRequestBody().readAllBytes());
            rule.answer(passage);
            passage.headers.forEach(
                    (name, value) -> exchange.getResponseHeaders().put(name, List.of(value)));
            exchange.sendResponseHeaders(passage.status, passage.body.length == 0 ? -1 : passage.body.length);
            exchange.getResponseBody().write(passage.body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Passage passage, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(upstream + passage.target))
                .method(
                        passage.method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        passage.requestHeaders.forEach(request::header);
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        passage.status = answer.statusCode();
        passage.body = answer.body();
        answer.headers().map().forEach((name, values) -> {
            if (!OWN.contains(name)) {
                passage.headers.put(name, values.getFirst());
            }
        });
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
    }
}
