package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.state.ControlDatabase;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;

/** A control plane on a free port of loopback, with two tenants and a caller of each role. Threads may call it together. */
public final class ControlFixture implements AutoCloseable {
    static final String OPERATOR_KEY = "an-operator-key-of-the-tests-0123456789";

    public final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    public final Path folder;
    private final Map<String, String> environment;
    private HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String origin = "http://127.0.0.1:";
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    final Queue<Exchange> traffic = new ConcurrentLinkedQueue<>();
    public ControlPlane plane;

    /** One call and its answer. */
    record Exchange(String method, String path, HttpResponse<String> answer) {}

    ControlFixture(Path folder, Map<String, String> more) {
        this.folder = folder;
        environment = new HashMap<>(Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.toString(),
                "STOA_OPERATOR_KEY",
                OPERATOR_KEY,
                "STOA_RATE_LIMIT_DEFAULT",
                "100000",
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32"));
        environment.putAll(more);
        environment.values().removeIf(String::isEmpty);
        start();
    }

    /** With the tenants {@code acme} and {@code other}. */
    public static ControlFixture start(Path folder) throws Exception {
        return start(folder, Map.of());
    }

    /** @param more settings of the environment */
    static ControlFixture start(Path folder, Map<String, String> more) throws Exception {
        ControlFixture fixture = new ControlFixture(folder, more);
        for (String tenant : List.of("acme", "other")) {
            fixture.operator("POST", "/v1/tenants", Map.of("id", tenant, "max_applications", 1000))
                    .is(201);
        }
        return fixture;
    }

    /** With the operator's key in a file, and without tenants. */
    static ControlFixture keyedBy(Path folder, Path operatorKey) {
        return new ControlFixture(
                folder, Map.of("STOA_OPERATOR_KEY", "", "STOA_OPERATOR_KEY_FILE", operatorKey.toString()));
    }

    void start() {
        plane = ControlPlane.start(this::settings, folder, clock);
    }

    private Configuration settings() {
        return Configuration.read(ControlSettings.schema(), environment, folder);
    }

    public ControlDatabase database() {
        return ControlDatabase.of(this::settings, folder);
    }

    /** After {@link ControlPlane#close}, over the same folder. */
    public void restart() {
        start();
    }

    /** Over TLS from now on. @param tls settings @param trusting the server's certificate */
    public void restartSecured(Map<String, String> tls, SSLContext trusting) {
        plane.close();
        environment.putAll(tls);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trusting)
                .build();
        origin = "https://localhost:";
        start();
    }

    /** An answer, with what tests ask of it. */
    public final class Answer {
        private final HttpResponse<String> response;

        Answer(HttpResponse<String> response) {
            this.response = response;
        }

        public Answer is(int status) {
            assertThat(response.statusCode())
                    .as("%s %s: %s", response.request().method(), response.uri(), response.body())
                    .isEqualTo(status);
            return this;
        }

        public int status() {
            return response.statusCode();
        }

        public JsonNode json() {
            return StrictJson.parse(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        public String text(String field) {
            return json().path(field).asString();
        }

        public String body() {
            return response.body();
        }

        HttpResponse<String> response() {
            return response;
        }
    }

    String token(String tenant, Role... roles) {
        String who = tenant + List.of(roles) + clock.instant().truncatedTo(ChronoUnit.HOURS);
        return tokens.computeIfAbsent(
                who,
                each -> LocalTokenIssuer.open(folder, Signing.fastest(), clock)
                        .issue(
                                "user-" + roles[0].wireName(),
                                tenant,
                                List.of(roles),
                                Duration.ofHours(24),
                                "stoa-mcp-gateway"));
    }

    Answer as(Role role, String tenant, String method, String path, Object body) throws IOException {
        return call(method, path, body, Map.of("Authorization", "Bearer " + token(tenant, role)));
    }

    Answer as(Role role, String tenant, String method, String path) throws IOException {
        return as(role, tenant, method, path, null);
    }

    /** As the tenant's administrator. */
    public Answer admin(String tenant, String method, String path, Object body) throws IOException {
        return as(Role.TENANT_ADMIN, tenant, method, path, body);
    }

    public Answer admin(String tenant, String method, String path) throws IOException {
        return as(Role.TENANT_ADMIN, tenant, method, path, null);
    }

    public Answer operator(String method, String path, Object body) throws IOException {
        return call(method, path, body, Map.of("X-Operator-Key", OPERATOR_KEY));
    }

    /** @param body null for none; a text goes as it is, all else as JSON */
    public Answer call(String method, String path, Object body, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + plane.port() + path))
                .timeout(Duration.ofMinutes(2))
                .method(
                        method,
                        body == null
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(body instanceof String text ? text : StrictJson.text(body)));
        if (body != null && !headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            traffic.add(new Exchange(method, path, response));
            return new Answer(response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Over the owner's socket. */
    public JsonNode owner(String path, Map<String, Object> body) {
        try (LocalAdminClient owner = ControlPlane.owner(database(), "", Clock.systemUTC())) {
            Response answer = owner.post(path, StrictJson.write(body));
            assertThat(answer.status())
                    .as("%s", new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(200);
            return StrictJson.parse(answer.body());
        }
    }

    public String api(String tenant, String name, String backend) throws IOException {
        String path = "/v1/tenants/" + tenant + "/apis";
        String id = admin(tenant, "POST", path, Map.of("name", name, "backend_url", backend))
                .is(201)
                .text("id");
        admin(tenant, "POST", path + "/" + id + "/publish").is(200);
        return id;
    }

    public String plan(String tenant, String slug, Map<String, Object> more) throws IOException {
        Map<String, Object> body = new HashMap<>(Map.of("slug", slug));
        body.putAll(more);
        return admin(tenant, "POST", "/v1/plans/" + tenant, body).is(201).text("id");
    }

    public String consumer(String tenant, String id) throws IOException {
        return admin(tenant, "POST", "/v1/consumers/" + tenant, Map.of("external_id", id))
                .is(201)
                .text("id");
    }

    public Answer subscribe(String tenant, String api, String plan, String consumer) throws IOException {
        return as(
                Role.DEVOPS,
                tenant,
                "POST",
                "/v1/subscriptions",
                Map.of("api_id", api, "plan_id", plan, "consumer_id", consumer));
    }

    @Override
    public void close() {
        plane.close();
        client.close();
    }
}
