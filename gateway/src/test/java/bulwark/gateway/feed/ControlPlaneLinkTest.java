package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.control.ControlFixture;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.Signing;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a control plane on loopback, from the subscription to the call, and what becomes of calls when the control plane goes, comes back older, or lies. */
class ControlPlaneLinkTest {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final String ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private HttpServer backend;
    private ControlFixture control;
    private Answer added;
    private Gateway gateway;
    private String subscription;
    private String key;

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

    private Map<String, String> environment(String url) {
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

    private void startGateway(Map<String, String> environment) {
        gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, control.clock);
    }

    private void startGateway() {
        startGateway(environment("http://127.0.0.1:" + control.plane.port()));
    }

    private int call(String path, Map<String, String> headers) throws Exception {
        return send("GET", path, "", headers).statusCode();
    }

    private HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private int callWith(String apiKey) throws Exception {
        return call("/apis/acme/orders/1", Map.of("X-API-Key", apiKey));
    }

    private static <T> void eventually(T wanted, Callable<T> asked) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(POLL_INTERVAL)
                .untilAsserted(() -> assertThat(asked.call()).isEqualTo(wanted));
    }

    private String syncStatus() throws IOException {
        return control.operator("GET", "/v1/admin/gateways/" + added.text("id"), null)
                .is(200)
                .text("sync_status");
    }

    private String metric(String name) throws Exception {
        return send("GET", "/metrics", "", Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElse("");
    }

    @Test
    void a_subscriptions_key_opens_its_api_and_every_change_arrives_by_itself() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        assertThat(call("/apis/acme/orders/1", Map.of())).isEqualTo(401);
        assertThat(send("GET", "/apis/acme/orders/1", "", Map.of("X-API-Key", key))
                        .headers()
                        .firstValue("X-RateLimit-Limit"))
                .contains("900");
        eventually("synced", this::syncStatus);

        Answer rotated = control.admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions/" + subscription + "/rotate-key",
                        Map.of("grace_period_hours", 1))
                .is(200);
        eventually(204, () -> callWith(rotated.text("new_api_key")));
        assertThat(callWith(key)).as("in its grace").isEqualTo(204);

        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        eventually(401, () -> callWith(key));
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/reactivate")
                .is(200);
        eventually(204, () -> callWith(key));
        control.operator("POST", "/v1/tenants/acme/suspend", null).is(200);
        eventually(404, () -> callWith(key));
    }

    @DisplayName("Q10: a plan that changes in the control plane limits the next calls")
    @Test
    void a_plan_that_changes_in_the_control_plane_limits_the_next_calls() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        String plan = control.admin("acme", "GET", "/v1/plans/acme")
                .is(200)
                .json()
                .path("items")
                .path(0)
                .path("id")
                .asString();
        control.admin("acme", "PUT", "/v1/plans/acme/" + plan, Map.of("rate_limit_per_minute", 1))
                .is(200);
        eventually(
                "1",
                () -> send("GET", "/apis/acme/orders/1", "", Map.of("X-API-Key", key))
                        .headers()
                        .firstValue("X-RateLimit-Limit")
                        .orElse(""));
        eventually(429, () -> callWith(key));
    }

    @Test
    void what_a_gateway_counted_of_a_subscription_stands_beside_its_limits() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        String path = "/v1/admin/quotas/acme/" + subscription;
        eventually(
                true,
                () -> control.admin("acme", "GET", path)
                                .is(200)
                                .json()
                                .path("usage")
                                .path(0)
                                .path("daily_used")
                                .asLong()
                        > 0);
        Answer quota = control.admin("acme", "GET", path).is(200);
        assertThat(quota.json().path("rate_limit_per_minute").asLong()).isEqualTo(900);
        assertThat(quota.json().path("usage").get(0).path("gateway_id").asString())
                .isEqualTo(added.text("id"));
        assertThat(control.admin("acme", "GET", "/v1/admin/quotas/acme")
                        .is(200)
                        .json()
                        .path("items"))
                .hasSize(1);
        control.admin("other", "GET", "/v1/admin/quotas/acme").is(404);
    }

    @Test
    void the_key_that_signs_is_replaced_without_a_snapshot_that_a_prepared_gateway_refuses() throws Exception {
        String next = control.owner("/owner/snapshot-key/announce", Map.of())
                .path("key")
                .asString();
        Map<String, String> both = environment("http://127.0.0.1:" + control.plane.port());
        both.merge("STOA_CONTROL_PLANE_KEYS", next, (former, added) -> former + "," + added);
        startGateway(both);
        eventually(204, () -> callWith(key));
        assertThat(control.owner("/owner/snapshot-key/promote", Map.of())
                        .path("snapshot_keys")
                        .toString())
                .isEqualTo("[\"" + next + "\"]");
        control.api("acme", "more", "http://127.0.0.1:" + backend.getAddress().getPort());
        eventually(401, () -> call("/apis/acme/more", Map.of()));
        assertThat(metric("stoa_control_plane_snapshots_refused_total"))
                .isIn("", "stoa_control_plane_snapshots_refused_total 0.0");
        gateway.close();
        // One that trusts the former key alone must not start with what the new one signed.
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("STOA_CONTROL_PLANE_KEYS");
        gateway = null;
    }

    @Test
    void a_key_opens_the_one_api_that_it_is_for() throws Exception {
        control.api(
                "acme", "invoices", "http://127.0.0.1:" + backend.getAddress().getPort());
        startGateway();
        eventually(204, () -> callWith(key));
        assertThat(call("/apis/acme/invoices/1", Map.of("X-API-Key", key))).isEqualTo(404);
    }

    @Test
    void the_last_good_snapshot_starts_a_gateway_while_nobody_answers() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        gateway.close();
        control.plane.close();

        startGateway(environment("http://127.0.0.1:" + backend.getAddress().getPort()));
        assertThat(callWith(key)).isEqualTo(204);
        assertThat(send("GET", "/ready", "", Map.of()).statusCode()).isEqualTo(200);
        assertThat(metric("stoa_control_plane_connected")).endsWith(" 0.0");
        gateway.close();

        Path kept = folder.resolve("edge/control-plane.snapshot");
        Files.writeString(kept, Files.readString(kept).replace("acme", "acmf"));
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("control-plane.snapshot");
        gateway = null;
    }

    @DisplayName("H10: a gateway without any snapshot is not ready while nobody answers")
    @Test
    void a_gateway_without_any_snapshot_is_not_ready_while_nobody_answers() throws Exception {
        startGateway(environment("http://127.0.0.1:" + backend.getAddress().getPort()));
        HttpResponse<String> ready = send("GET", "/ready", "", Map.of());
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("NOT READY: Control Plane unreachable");
        assertThat(call("/health", Map.of())).isEqualTo(200);
    }

    @Test
    void the_gateways_own_routes_are_none_of_the_control_planes_business() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        Map<String, String> admin = Map.of("Authorization", "Bearer " + ADMIN_TOKEN);
        String own =
                "{\"id\":\"own\",\"tenant_id\":\"acme\",\"path_prefix\":\"/own\",\"callers\":\"anybody\",\"backend_url\":\"http://127.0.0.1:"
                        + backend.getAddress().getPort() + "\"}";
        HttpResponse<String> made = send("POST", "/admin/apis", own, admin);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(call("/own/x", Map.of())).isEqualTo(204);
        assertThat(callWith(key)).isEqualTo(204);
        control.api("acme", "more", "http://127.0.0.1:" + backend.getAddress().getPort());
        eventually(401, () -> call("/apis/acme/more", Map.of()));
        assertThat(call("/own/x", Map.of())).isEqualTo(204);
        // What would take the place of a route of the control plane is refused.
        HttpResponse<String> clash = send(
                "POST", "/admin/apis", own.replace("\"own\"", "\"x\"").replace("/own", "/apis/acme/orders"), admin);
        assertThat(clash.statusCode()).as(clash.body()).isEqualTo(400);
        assertThat(callWith(key)).isEqualTo(204);
    }

    @Test
    void a_control_plane_that_was_restored_from_an_older_backup_takes_nothing_back() throws Exception {
        Path backup = folder.resolve("backup");
        control.plane.close();
        copy(folder.resolve("control"), backup);
        control.restart();
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        startGateway();
        eventually("synced", this::syncStatus);
        assertThat(callWith(key)).isEqualTo(401);
        gateway.close();

        control.plane.close();
        delete(folder.resolve("control"));
        copy(backup, folder.resolve("control"));
        control.restart();
        startGateway();
        eventually("drifted", this::syncStatus);
        eventually(
                "stoa_control_plane_snapshots_refused_total 1.0",
                () -> metric("stoa_control_plane_snapshots_refused_total"));
        assertThat(callWith(key)).as("suspended before the restore").isEqualTo(401);

        // Once the owner has looked at what was lost, the numbers go on from beyond.
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        control.owner("/owner/generation/advance", Map.of("generation", 1_000));
        eventually("synced", this::syncStatus);
        assertThat(callWith(key)).isEqualTo(401);
    }

    @DisplayName("X33: a snapshot with one forbidden backend is refused as a whole and says so")
    @Test
    void a_snapshot_with_one_forbidden_backend_is_refused_as_a_whole_and_says_so() throws Exception {
        Map<String, String> strict = environment("http://127.0.0.1:" + control.plane.port());
        startGateway(strict);
        eventually(204, () -> callWith(key));
        gateway.close();
        // This gateway's operator allows less than the control plane's.
        strict.put("STOA_SSRF__EXTRA_DENY", "93.184.216.0/24");
        startGateway(strict);
        control.api("acme", "bad", "http://93.184.216.34");
        control.api("acme", "good", "http://127.0.0.1:" + backend.getAddress().getPort());
        eventually("error", this::syncStatus);
        assertThat(call("/apis/acme/good", Map.of())).isEqualTo(404);
        assertThat(callWith(key)).isEqualTo(204);
        assertThat(control.operator("GET", "/v1/admin/gateways/" + added.text("id"), null)
                        .json()
                        .path("reasons")
                        .toString())
                .contains("93.184.216");
    }

    /** One tenant's API that this gateway must not call holds up no order of another: what only takes away is carried out at once. */
    @Test
    void a_refused_snapshot_still_revokes_tokens_and_withdraws_keys() throws Exception {
        Map<String, String> strict = environment("http://127.0.0.1:" + control.plane.port());
        strict.put("STOA_SSRF__EXTRA_DENY", "93.184.216.0/24");
        startGateway(strict);
        eventually(204, () -> callWith(key));
        String token = LocalTokenIssuer.open(folder.resolve("edge"), Signing.fastest(), control.clock)
                .issue("user-1", "acme", List.of(Role.DEVOPS), Duration.ofMinutes(5), "stoa-mcp-gateway");
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + token);
        assertThat(call("/apis/acme/orders/1", bearer)).isEqualTo(204);

        control.api("acme", "bad", "http://93.184.216.34");
        eventually("error", this::syncStatus);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        eventually(401, () -> callWith(key));
        control.operator(
                        "POST",
                        "/v1/revocations",
                        Map.of(
                                "sub",
                                "user-1",
                                "until",
                                control.clock.instant().plusSeconds(600).toString()))
                .is(201);
        eventually(401, () -> call("/apis/acme/orders/1", bearer));
        assertThat(call("/apis/acme/bad", Map.of()))
                .as("its routes are not carried out")
                .isEqualTo(404);

        // The orders hold after a restart, too, while nobody answers.
        gateway.close();
        strict.put(
                "STOA_CONTROL_PLANE_URL",
                "http://127.0.0.1:" + backend.getAddress().getPort());
        startGateway(strict);
        assertThat(callWith(key)).isEqualTo(401);
        assertThat(call("/apis/acme/orders/1", bearer)).isEqualTo(401);
    }

    /** Whoever writes the state folder cannot make revoked keys good again with an older snapshot, which is signed as well. */
    @Test
    void an_older_kept_snapshot_starts_no_gateway() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        Path kept = folder.resolve("edge/control-plane.snapshot");
        byte[] older = Files.readAllBytes(kept);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        eventually(401, () -> callWith(key));
        eventually("synced", this::syncStatus);
        gateway.close();
        gateway = null;
        Files.write(kept, older);
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("would be good again");

        // Without the file the store still knows how far it was.
        Files.delete(kept);
        startGateway();
        eventually(401, () -> callWith(key));
    }

    @Test
    void what_a_stranger_signs_or_another_gateway_was_meant_to_get_is_refused() throws Exception {
        Answer other = control.operator("POST", "/v1/admin/gateways", Map.of("name", "other", "serves_tenant", "other"))
                .is(201);
        Map<String, String> wrongKey = environment("http://127.0.0.1:" + control.plane.port());
        wrongKey.put("STOA_CONTROL_PLANE_KEYS", bulwark.kernel.json.Base64Url.text(new byte[32]));
        startGateway(wrongKey);
        eventually(
                "stoa_control_plane_snapshots_refused_total 1.0",
                () -> metric("stoa_control_plane_snapshots_refused_total"));
        assertThat(callWith(key)).isEqualTo(404);
        gateway.close();
        gateway = null;

        // The key of the other gateway sees its own path alone.
        Map<String, String> theirs = Map.of("X-Gateway-Key", other.text("gateway_key"));
        control.call("GET", "/v1/internal/gateways/" + added.text("id") + "/snapshot", null, theirs)
                .is(404);
        String mine = control.call("GET", "/v1/internal/gateways/" + other.text("id") + "/snapshot", null, theirs)
                .is(200)
                .body();
        assertThat(mine).doesNotContain("acme").doesNotContain("orders");
        control.call("GET", "/v1/tenants", null, theirs).is(401);
        control.call("GET", "/v1/internal/gateways/" + other.text("id") + "/snapshot", null, Map.of())
                .is(401);
        assertThat(control.call("POST", "/v1/subscriptions/validate-key", Map.of("api_key", key), theirs)
                        .is(200)
                        .json()
                        .path("valid")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void a_hostile_control_plane_changes_nothing() throws Exception {
        HttpServer hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> answers = List.of(
                "",
                "x",
                "{}",
                "{\"statement\":{},\"key\":\"k\",\"signature\":\"s\"}",
                "[".repeat(5_000),
                "{\"statement\":1}");
        int[] next = {0};
        hostile.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean registers = exchange.getRequestURI().getPath().endsWith("/register");
            byte[] body = (registers ? "{\"id\":\"abc\"}" : answers.get(next[0]++ % answers.size()))
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(registers ? 201 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        startGateway();
        eventually(204, () -> callWith(key));
        gateway.close();
        hostile.start();
        try {
            startGateway(environment("http://127.0.0.1:" + hostile.getAddress().getPort()));
            eventually(true, () -> next[0] >= answers.size());
            assertThat(callWith(key)).isEqualTo(204);
        } finally {
            hostile.stop(0);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file).toString()),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
