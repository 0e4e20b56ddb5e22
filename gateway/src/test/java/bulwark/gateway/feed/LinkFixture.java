package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.control.ControlFixture;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** A control plane with one subscription of tenant {@code acme}, and gateways that follow it, all on loopback. */
final class LinkFixture implements AutoCloseable {
    static final String ORDERS = "/apis/acme/orders/1";
    static final String ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final ControlFixture control;
    final String api;
    final String plan;
    final String consumer;
    final String subscription;
    final String key;
    final Map<String, Answer> added = new LinkedHashMap<>();
    private final Path folder;
    private final HttpServer backend;
    private final List<Gateway> gateways = new ArrayList<>();

    LinkFixture(Path folder) throws Exception {
        this.folder = folder;
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("X-Backend", "yes");
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
        control = ControlFixture.start(folder.resolve("control"));
        api = control.api("acme", "orders", backendUrl());
        plan = control.plan("acme", "free", Map.of("requires_approval", false, "rate_limit_per_minute", 100_000));
        consumer = control.consumer("acme", "shop");
        Answer subscribed = control.subscribe("acme", api, plan, consumer).is(201);
        subscription = subscribed.text("id");
        key = subscribed.text("api_key");
    }

    String backendUrl() {
        return "http://127.0.0.1:" + backend.getAddress().getPort();
    }

    /** What no call may do: the control plane stands still meanwhile. Before the gateways start. */
    void changeByHand(ControlStore.ChangeWork<?> work) {
        control.plane.close();
        ControlStore store = ControlStore.open(control.database(), "", control.clock);
        store.change(
                PlatformScope.ofProcess().tenant("acme"),
                ControlActor.ofProcess("process:test"),
                ControlEvent.of("changed_by_hand", "a test changed an object"),
                work);
        store.close();
        control.restart();
    }

    /** Good by the clock of the test and by that of the JDK's handshakes. */
    CertificateAuthority authority(Path where, CertificateKey kind) {
        Instant test = control.clock.instant();
        Instant now = Instant.now();
        return CertificateAuthority.openOrCreate(
                where, where.getFileName().toString(), kind, new SettableClock(test.isBefore(now) ? test : now));
    }

    /** Of its certificates. */
    Duration lifetime() {
        return Duration.between(control.clock.instant(), Instant.now()).abs().plusDays(1);
    }

    String controlUrl() {
        return "http://127.0.0.1:" + control.plane.port();
    }

    /** @param more settings, which take the place of the usual ones */
    Gateway gateway(String name, Map<String, String> more) throws IOException {
        Answer known = added.get(name);
        if (known == null) {
            known = control.operator("POST", "/v1/admin/gateways", Map.of("name", name))
                    .is(201);
            added.put(name, known);
        }
        Map<String, String> environment = new HashMap<>(Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.resolve(name).toString(),
                "STOA_ADMIN_API_TOKEN",
                ADMIN_TOKEN,
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32",
                "STOA_CONTROL_PLANE_URL",
                controlUrl(),
                "STOA_CONTROL_PLANE_API_KEY",
                known.text("gateway_key"),
                "STOA_CONTROL_PLANE_KEYS",
                known.json().path("snapshot_keys").get(0).asString(),
                "STOA_HEARTBEAT_INTERVAL_SECS",
                "1"));
        environment.putAll(more);
        Gateway gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, control.clock);
        gateways.add(gateway);
        return gateway;
    }

    void stop(Gateway gateway) {
        gateways.remove(gateway);
        gateway.close();
    }

    /** Of the gateway's own issuer. @param name of the gateway */
    String token(String name, String subject) {
        return LocalTokenIssuer.open(folder.resolve(name), Signing.fastest(), control.clock)
                .issue(subject, "acme", List.of(Role.DEVOPS), Duration.ofMinutes(5), "stoa-mcp-gateway");
    }

    HttpResponse<String> get(Gateway gateway, String path, Map<String, String> headers) throws Exception {
        return send(gateway, "GET", path, "", headers);
    }

    HttpResponse<String> send(Gateway gateway, String method, String path, String body, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    /** With the gateway's admin token. */
    HttpResponse<String> admin(Gateway gateway, String method, String path, String body) throws Exception {
        return send(gateway, method, path, body, Map.of("Authorization", "Bearer " + ADMIN_TOKEN));
    }

    int callWith(Gateway gateway, String apiKey) throws Exception {
        return get(gateway, ORDERS, Map.of("X-API-Key", apiKey)).statusCode();
    }

    String syncStatus(String name) throws IOException {
        return control.operator("GET", "/v1/admin/gateways/" + added.get(name).text("id"), null)
                .is(200)
                .text("sync_status");
    }

    static <T> void eventually(T wanted, Callable<T> asked) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(asked.call()).isEqualTo(wanted));
    }

    @Override
    public void close() {
        gateways.forEach(Gateway::close);
        control.close();
        backend.stop(0);
    }
}
