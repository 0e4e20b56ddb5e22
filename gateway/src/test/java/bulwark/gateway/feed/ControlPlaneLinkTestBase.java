package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.control.ControlFixture;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.kernel.config.Configuration;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a control plane on loopback, with one API, one subscription to it and its key. */
abstract class ControlPlaneLinkTestBase {
    static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    static final String ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";

    static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    HttpServer backend;
    ControlFixture control;
    Answer added;
    Gateway gateway;
    String subscription;
    String key;

    @BeforeEach
    void start() throws Exception {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
        control = ControlFixture.start(folder.resolve("control"));
        added = control.operator("POST", "/v1/admin/gateways", Map.of("name", "edge"))
                .is(201);
        String api = control.api(
                "acme", "orders", "http://127.0.0.1:" + backend.getAddress().getPort());
        String plan = control.plan("acme", "free", Map.of("requires_approval", false, "rate_limit_per_minute", 900));
        Answer subscribed = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .is(201);
        subscription = subscribed.text("id");
        key = subscribed.text("api_key");
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        control.close();
        backend.stop(0);
    }

    Map<String, String> environment(String url) {
        Map<String, String> environment = new HashMap<>();
        environment.put("STOA_PORT", "0");
        environment.put("STOA_STATE_DIR", folder.resolve("edge").toString());
        environment.put("STOA_ADMIN_API_TOKEN", ADMIN_TOKEN);
        environment.put("STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32");
        environment.put("STOA_CONTROL_PLANE_URL", url);
        environment.put("STOA_CONTROL_PLANE_API_KEY", added.text("gateway_key"));
        environment.put(
                "STOA_CONTROL_PLANE_KEYS",
                added.json().path("snapshot_keys").get(0).asString());
        environment.put("STOA_HEARTBEAT_INTERVAL_SECS", "1");
        return environment;
    }

    void startGateway(Map<String, String> environment) {
        gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, control.clock);
    }

    void startGateway() {
        startGateway(environment("http://127.0.0.1:" + control.plane.port()));
    }

    int call(String path, Map<String, String> headers) throws Exception {
        return send("GET", path, "", headers).statusCode();
    }

    HttpResponse<String> send(String method, String path, String body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    int callWith(String apiKey) throws Exception {
        return call("/apis/acme/orders/1", Map.of("X-API-Key", apiKey));
    }

    static <T> void eventually(T wanted, Callable<T> asked) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(POLL_INTERVAL)
                .untilAsserted(() -> assertThat(asked.call()).isEqualTo(wanted));
    }

    String syncStatus() throws IOException {
        return control.operator("GET", "/v1/admin/gateways/" + added.text("id"), null)
                .is(200)
                .text("sync_status");
    }

    String metric(String name) throws Exception {
        return send("GET", "/metrics", "", Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElse("");
    }
}
