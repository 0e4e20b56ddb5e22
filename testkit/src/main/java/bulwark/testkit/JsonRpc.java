package bulwark.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How tests speak with a node of their own: what is odd fails the test. */
public final class JsonRpc implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI uri;

    JsonRpc(URI uri) {
        this.uri = uri;
    }

    /** The result. @throws AssertionError with the error of the node */
    public JsonNode call(String method, Object... parameters) {
        try {
            JsonNode answer = answer(method, parameters);
            if (answer.has("error")) {
                throw new AssertionError(method + ": " + answer.path("error"));
            }
            return answer.path("result");
        } catch (IOException e) {
            throw new AssertionError(method + ": " + e, e);
        }
    }

    /** The whole answer, error or not. */
    JsonNode answer(String method, Object... parameters) throws IOException {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("jsonrpc", "2.0");
        request.put("id", 1);
        request.put("method", method);
        request.put("params", List.of(parameters));
        HttpRequest post = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofMinutes(1))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request)))
                .build();
        try {
            return JSON.readTree(
                    http.send(post, HttpResponse.BodyHandlers.ofByteArray()).body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
