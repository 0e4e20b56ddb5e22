package bulwark.gateway.feed;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Calls of the control plane with the gateway's key. What it answers is bounded and never believed by itself. Redirects are not followed. Blocking; thread-safe. */
final class ControlPlaneClient implements AutoCloseable {
    static final int WAIT_SECONDS = 25;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
    private static final int MAX_SMALL = 64 << 10;
    /** Some 40,000 routes, or 100,000 keys. */
    static final int MAX_SNAPSHOT = 32 << 20;

    private static final String INTERNAL = "/v1/internal/gateways/";

    private final FeedSettings settings;
    private final HttpClient client;

    ControlPlaneClient(FeedSettings settings) {
        this.settings = settings;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .sslContext(settings.tls().context())
                .build();
    }

    /** The control plane answers, and not what was asked for: to ask again at once would help nobody. */
    static class Unwelcome extends IOException {
        private static final long serialVersionUID = 1;

        Unwelcome(String sentence) {
            super(sentence);
        }
    }

    /** The control plane knows no such gateway: it must register again. */
    static final class NotRegistered extends Unwelcome {
        private static final long serialVersionUID = 1;

        NotRegistered() {
            super("the control plane does not know this gateway");
        }
    }

    /** @return id of this gateway */
    String register(Map<String, Object> body) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = post("register", body);
        require(answer, 201);
        return id(answer);
    }

    /** Without saying anything of this gateway. @return its id */
    String ownId() throws IOException, InterruptedException {
        HttpRequest request = request("self").timeout(CALL_TIMEOUT).GET().build();
        HttpResponse<byte[]> answer =
                client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_SMALL));
        require(answer, 200);
        return id(answer);
    }

    private static String id(HttpResponse<byte[]> answer) throws IOException {
        JsonNode id = parsed(answer).path("id");
        if (!id.isString() || !id.stringValue().matches("[A-Za-z0-9-]{1,64}")) {
            throw new Unwelcome("the control plane answered a registration without an id");
        }
        return id.stringValue();
    }

    void heartbeat(String id, Map<String, Object> body) throws IOException, InterruptedException {
        require(post(id + "/heartbeat", body), 204);
    }

    void acknowledge(String id, Map<String, Object> body) throws IOException, InterruptedException {
        require(post(id + "/route-sync-ack", body), 204);
    }

    /**
     * Waits for a snapshot of another generation; empty when none came in time.
     *
     * @param base digest of the snapshot that is carried out, so that what changed since may come alone; empty for the whole
     */
    Optional<byte[]> snapshot(String id, long generation, String base) throws IOException, InterruptedException {
        HttpRequest request = request(id + "/snapshot?after=" + generation + "&wait_seconds=" + WAIT_SECONDS
                        + (base.isEmpty() ? "" : "&base=" + base))
                .timeout(CALL_TIMEOUT.plusSeconds(WAIT_SECONDS))
                .GET()
                .build();
        HttpResponse<byte[]> answer =
                client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_SNAPSHOT));
        if (answer.statusCode() == 204) {
            return Optional.empty();
        }
        require(answer, 200);
        return Optional.of(answer.body());
    }

    private HttpResponse<byte[]> post(String path, Map<String, Object> body) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .timeout(CALL_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(StrictJson.write(body)))
                .build();
        return client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_SMALL));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(java.net.URI.create(settings.url() + INTERNAL + path))
                .header("X-Gateway-Key", settings.key().get().exposeText(SecretAccess.grant()));
    }

    private static JsonNode parsed(HttpResponse<byte[]> answer) throws IOException {
        try {
            return StrictJson.parse(answer.body());
        } catch (StrictJson.JsonRefused e) {
            throw new Unwelcome("the control plane answered something that is no JSON");
        }
    }

    private static void require(HttpResponse<byte[]> answer, int status) throws IOException {
        if (answer.statusCode() == 404) {
            throw new NotRegistered();
        }
        if (answer.statusCode() == 401) {
            throw new Unwelcome("the control plane does not accept STOA_CONTROL_PLANE_API_KEY"
                    + ", or asks for a client certificate, which STOA_CONTROL_PLANE_CLIENT_CERT_FILE names");
        }
        if (answer.statusCode() != status) {
            throw new Unwelcome("the control plane answered " + answer.statusCode());
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
