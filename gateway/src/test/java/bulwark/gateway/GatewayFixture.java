package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/** A whole gateway as the program starts it, with one backend and the route {@code own} of the tenant acme at {@code /apis/own}. */
public final class GatewayFixture implements AutoCloseable {
    public static final String ADMIN = "an-admin-token-of-the-tests-0123456789";

    /** What the backend heard, oldest first. */
    public final List<Heard> heard = new CopyOnWriteArrayList<>();

    private final Path folder;
    private final HttpServer backend;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile HttpHandler handler = exchange -> answer(exchange, 200, "hello");
    private final Gateway gateway;

    /** A request as the backend got it; names of headers as {@code X-User-id}. */
    public record Heard(String method, String target, Map<String, List<String>> headers) {
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(field -> field.getKey().equalsIgnoreCase(name))
                    .map(field -> String.join(",", field.getValue()))
                    .findFirst()
                    .orElse("");
        }
    }

    private GatewayFixture(Path folder, Map<String, String> more, Clock clock, int port) throws IOException {
        this.folder = folder;
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        backend.createContext("/", exchange -> {
            heard.add(new Heard(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    new HashMap<>(exchange.getRequestHeaders())));
            exchange.getRequestBody().readAllBytes();
            handler.handle(exchange);
            exchange.close();
        });
        backend.start();
        Map<String, String> environment = new HashMap<>(Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.toString(),
                "STOA_ADMIN_API_TOKEN",
                ADMIN,
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32"));
        environment.putAll(more);
        environment.values().removeIf(String::isEmpty);
        gateway = Gateway.start(() -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, clock);
    }

    /** @param more settings; an empty one takes away what the fixture sets */
    public static GatewayFixture start(Path folder, Map<String, String> more, Clock clock) throws Exception {
        GatewayFixture fixture = new GatewayFixture(folder, more, clock, 0);
        if (fixture.admin("GET", "/admin/apis/own", "").statusCode() == 404) {
            fixture.route("own", "acme", "");
        }
        return fixture;
    }

    /** On the state of a gateway that was closed, with its backend at the same place. */
    public static GatewayFixture startAgain(Path folder, int backendPort) throws Exception {
        return new GatewayFixture(folder, Map.of(), Clock.systemUTC(), backendPort);
    }

    public static GatewayFixture start(Path folder) throws Exception {
        return start(folder, Map.of(), Clock.systemUTC());
    }

    /** @param more further members of the route, each with a comma before it */
    public void route(String id, String tenant, String more) throws Exception {
        String json = "{\"id\":\"" + id + "\",\"tenant_id\":\"" + tenant + "\",\"path_prefix\":\"/apis/" + id
                + "\",\"backend_url\":\"http://127.0.0.1:"
                + backend.getAddress().getPort() + "\"" + more + "}";
        HttpResponse<String> answer = admin("POST", "/admin/apis", json);
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }

    /** Stores a policy of one type. @param config in JSON @param more further members, each with a comma before it */
    public void policy(String id, String type, String config, String more) throws Exception {
        String json = "{\"id\":\"" + id + "\",\"policy_type\":\"" + type + "\",\"config\":" + config + more + "}";
        HttpResponse<String> answer = admin("POST", "/admin/policies", json);
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }

    public void backend(HttpHandler next) {
        handler = next;
    }

    public static void answer(HttpExchange exchange, int status, String body, String... fields) throws IOException {
        for (int i = 0; i + 1 < fields.length; i += 2) {
            exchange.getResponseHeaders().add(fields[i], fields[i + 1]);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean bodiless = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless ? -1 : bytes.length);
        if (!bodiless) {
            exchange.getResponseBody().write(bytes);
        }
    }

    public int backendPort() {
        return backend.getAddress().getPort();
    }

    public int port() {
        return gateway.port();
    }

    public Gateway gateway() {
        return gateway;
    }

    public HttpResponse<String> admin(String method, String path, String body) throws Exception {
        return send(request(path)
                .header("Authorization", "Bearer " + ADMIN)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    public JsonNode adminJson(String path) throws Exception {
        HttpResponse<String> answer = admin("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return StrictJson.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1));
    }

    public String token(String subject, Role role) {
        return LocalTokenIssuer.open(folder, Signing.fastest(), Clock.systemUTC())
                .issue(subject, "acme", List.of(role), Duration.ofMinutes(5), "stoa-mcp-gateway");
    }

    /** As a devops of acme with this name. */
    public HttpRequest.Builder as(String subject, String path) {
        return request(path).header("Authorization", "Bearer " + token(subject, Role.DEVOPS));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public String metrics() throws Exception {
        return send(request("/metrics")).body();
    }

    /** Records of the call with this answer; waits until they are written. */
    public RecordedDecision record(HttpResponse<?> answer) {
        String trace = answer.headers().firstValue("X-Stoa-Trace-Id").orElseThrow();
        DecisionQuery query = new DecisionQuery(Instant.EPOCH, null, null, null, null, trace, 10);
        return org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> new EvidenceFolder(GatewayStore.file(folder)).query(query), records -> !records.isEmpty())
                .getFirst();
    }

    @Override
    public void close() {
        gateway.close();
        backend.stop(0);
    }
}
