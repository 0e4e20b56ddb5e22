package bulwark.seats.chain;

import bulwark.kernel.json.StrictJson;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;

/** A client between the program and a real one, which lies as the test tells it to. */
public final class ScriptedNode implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI real;
    private volatile BinaryOperator<String> lie = (method, answer) -> answer;

    public ScriptedNode(URI real) {
        this.real = real;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::forward);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** @param edit takes the method and the answer's text, and gives the text that is sent */
    public void lies(BinaryOperator<String> edit) {
        lie = edit;
    }

    private void forward(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        JsonNode request = StrictJson.parse(body);
        try {
            String text = http.send(
                            HttpRequest.newBuilder(real)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            byte[] sent = lie.apply(request.path("method").asString() + " " + request.path("params"), text)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, sent.length);
            exchange.getResponseBody().write(sent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        http.close();
    }
}
