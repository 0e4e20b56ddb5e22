package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.feed.TcpRelay;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.CompactJws;
import bulwark.testkit.KeycloakServer;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The control plane and a real Keycloak with the shipped realm, which can be cut off. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlKeycloakTest {

    @TempDir
    static Path folder;

    private static KeycloakServer keycloak;
    private static TcpRelay relay;
    private static ControlFixture control;

    @BeforeAll
    static void start() throws Exception {
        keycloak = KeycloakServer.start("stoa", StrictJson.text(ControlRealm.json()));
        relay = new TcpRelay(URI.create(keycloak.url()).getPort());
        relay.cut(true);
        control = new ControlFixture(
                folder,
                Map.of(
                        "STOA_KEYCLOAK_URL",
                        keycloak.url(),
                        "STOA_KEYCLOAK_INTERNAL_URL",
                        relay.url(),
                        "STOA_KEYCLOAK_REALM",
                        "stoa",
                        "STOA_ALLOWED_AUDIENCES",
                        "stoa-mcp-gateway",
                        "STOA_JWKS__COOLDOWN_SECS",
                        "1",
                        "STOA_JWKS__MAX_AGE_SECS",
                        "2",
                        "STOA_KEYCLOAK_CLIENT_ID",
                        "stoa-control-plane",
                        "STOA_KEYCLOAK_CLIENT_SECRET",
                        ControlRealm.ADMIN_SECRET));
        for (String tenant : List.of("acme", "other")) {
            control.operator("POST", "/v1/tenants", Map.of("id", tenant)).is(201);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable opened : new AutoCloseable[] {control, relay, keycloak}) {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private static JsonNode tokens(String user, String client) throws Exception {
        HttpResponse<String> answer = keycloak.token(
                "stoa",
                Map.of(
                        "grant_type",
                        "password",
                        "client_id",
                        client,
                        "scope",
                        "openid",
                        "username",
                        user,
                        "password",
                        ControlRealm.PASSWORD));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return StrictJson.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String access(String user) throws Exception {
        return tokens(user, "stoa-portal").path("access_token").stringValue();
    }

    /** By Keycloak's clock. */
    private static ControlFixture.Answer call(String token, String method, String path, Object body) throws Exception {
        control.clock.set(Instant.now());
        return control.call(method, path, body, Map.of("Authorization", "Bearer " + token));
    }

    private static int status(String token, String path) throws Exception {
        return call(token, "GET", path, null).status();
    }

    @Test
    @Order(1)
    void without_any_key_of_keycloak_a_token_is_answered_503_and_the_operator_is_served() throws Exception {
        String token = access("of-viewer");
        assertThat(status(token, "/v1/tenants/acme/apis")).isEqualTo(503);
        control.operator("GET", "/v1/tenants", null).is(200);
        relay.cut(false);
        await().atMost(Duration.ofMinutes(1)).until(() -> status(token, "/v1/tenants/acme/apis") == 200);
    }

    @Test
    @Order(2)
    void each_role_of_a_token_may_what_the_table_says() throws Exception {
        String api = "/v1/tenants/acme/apis";
        Map<String, String> draft = Map.of("name", "orders", "backend_url", "http://127.0.0.1:9");
        assertThat(call(access("of-viewer"), "POST", api, draft).is(403).text("detail"))
                .isEqualTo("Permission denied: apis:create required");
        String id = call(access("of-devops"), "POST", api, draft).is(201).text("id");
        call(access("of-devops"), "DELETE", api + "/" + id, null).is(403);
        call(access("of-tenant-admin"), "DELETE", api + "/" + id, null).is(204);
        Map<String, String> tenant = Map.of("id", "third");
        call(access("of-tenant-admin"), "POST", "/v1/tenants", tenant).is(403);
        // Nobody is an administrator of the platform until the owner of the process has named the subject.
        String admin = access("of-cpi-admin");
        call(admin, "POST", "/v1/tenants", tenant).is(403);
        String subject = CompactJws.parse(admin).claims().path("sub").stringValue();
        control.owner("/owner/administrators/add", Map.of("subject", subject));
        call(admin, "POST", "/v1/tenants", tenant).is(201);
    }

    @Test
    @Order(3)
    void the_tenant_of_a_token_is_the_only_one_that_it_reaches() throws Exception {
        String token = access("of-tenant-admin");
        assertThat(status(token, "/v1/tenants/other/apis")).isEqualTo(404);
        assertThat(status(token, "/v1/tenants/acme/apis")).isEqualTo(200);
        assertThat(status(access("without-tenant"), "/v1/tenants/acme/apis"))
                .as("a token that names no tenant is none of ours")
                .isEqualTo(401);
    }

    @Test
    @Order(4)
    void what_is_no_access_token_for_this_audience_is_refused() throws Exception {
        JsonNode tokens = tokens("of-devops", "stoa-portal");
        for (String kind : List.of("id_token", "refresh_token")) {
            assertThat(status(tokens.path(kind).stringValue(), "/v1/tenants/acme/apis"))
                    .as(kind)
                    .isEqualTo(401);
        }
        String elsewhere = tokens("of-devops", "elsewhere").path("access_token").stringValue();
        assertThat(status(elsewhere, "/v1/tenants/acme/apis"))
                .as("another audience")
                .isEqualTo(401);
        String token = tokens.path("access_token").stringValue();
        assertThat(status(token.substring(0, token.length() - 4) + "AAAA", "/v1/tenants/acme/apis"))
                .isEqualTo(401);
    }

    @Test
    @Order(5)
    void while_keycloak_is_gone_the_keys_that_are_known_still_verify_new_tokens() throws Exception {
        String before = access("of-devops");
        assertThat(status(before, "/v1/tenants/acme/apis")).isEqualTo(200);
        relay.cut(true);
        String after = access("of-viewer");
        assertThat(status(before, "/v1/tenants/acme/apis")).isEqualTo(200);
        assertThat(status(after, "/v1/tenants/acme/apis")).isEqualTo(200);
        // The last good set lies on the disk, for a start while nobody answers.
        control.plane.close();
        control.restart();
        assertThat(status(after, "/v1/tenants/acme/apis")).isEqualTo(200);
    }

    private static HttpResponse<String> credentials(String client, String secret) throws Exception {
        return keycloak.token(
                "stoa", Map.of("grant_type", "client_credentials", "client_id", client, "client_secret", secret));
    }

    @Test
    @Order(6)
    void an_application_has_a_client_whose_tokens_reach_its_tenant_alone_until_it_is_deleted() throws Exception {
        relay.cut(false);
        String all = "/v1/tenants/acme/applications";
        String admin = access("of-tenant-admin");
        ControlFixture.Answer made =
                call(admin, "POST", all, Map.of("name", "shop")).is(201);
        String client = made.text("client_id");
        String secret = made.text("client_secret");
        assertThat(client).isEqualTo("stoa.acme.shop");
        assertThat(call(admin, "GET", all, null).is(200).body()).doesNotContain(secret, "client_secret");
        String token = StrictJson.parse(credentials(client, secret).body().getBytes(StandardCharsets.UTF_8))
                .path("access_token")
                .asString();
        assertThat(status(token, "/v1/tenants/acme/apis")).isEqualTo(200);
        assertThat(status(token, "/v1/tenants/other/apis")).isEqualTo(404);
        call(token, "POST", "/v1/tenants/acme/apis", Map.of("name", "x", "backend_url", "http://127.0.0.1:9"))
                .is(403);
        call(admin, "POST", all, Map.of("name", "shop")).is(409);

        String one = all + "/" + made.text("id");
        String next =
                call(admin, "POST", one + "/regenerate-secret", null).is(200).text("client_secret");
        assertThat(credentials(client, secret).statusCode()).isEqualTo(401);
        assertThat(credentials(client, next).statusCode()).isEqualTo(200);

        String api = call(
                        admin,
                        "POST",
                        "/v1/tenants/acme/apis",
                        Map.of("name", "y", "backend_url", "http://127.0.0.1:9"))
                .is(201)
                .text("id");
        call(admin, "POST", "/v1/tenants/acme/apis/" + api + "/publish", null).is(200);
        String plan = call(admin, "POST", "/v1/plans/acme", Map.of("slug", "free"))
                .is(201)
                .text("id");
        ControlFixture.Answer subscribed = call(
                        admin, "POST", one + "/subscribe", Map.of("api_id", api, "plan_id", plan))
                .is(201);
        assertThat(subscribed.text("consumer_id")).isEqualTo(made.text("consumer_id"));

        call(admin, "DELETE", one, null).is(204);
        assertThat(credentials(client, next).statusCode()).isEqualTo(401);
        assertThat(call(admin, "GET", "/v1/subscriptions/" + subscribed.text("id"), null)
                        .is(200)
                        .text("status"))
                .isEqualTo("revoked");
        call(admin, "POST", all, Map.of("name", "shop")).is(201);
    }

    @Test
    @Order(7)
    void while_keycloak_is_gone_an_application_is_neither_made_nor_deleted_and_the_refusal_names_what_to_do()
            throws Exception {
        String all = "/v1/tenants/acme/applications";
        String admin = access("of-tenant-admin");
        ControlFixture.Answer made =
                call(admin, "POST", all, Map.of("name", "till")).is(201);
        relay.cut(true);
        ControlFixture.Answer refused =
                call(admin, "POST", all, Map.of("name", "later")).is(503);
        assertThat(refused.text("error")).isEqualTo("identity_provider_unreachable");
        assertThat(refused.text("detail")).contains("STOA_KEYCLOAK_INTERNAL_URL");
        call(admin, "DELETE", all + "/" + made.text("id"), null).is(503);
        relay.cut(false);
        call(admin, "GET", all + "/" + made.text("id"), null).is(200);
        assertThat(call(admin, "GET", all, null).is(200).body()).doesNotContain("later");
        call(admin, "POST", all, Map.of("name", "later")).is(201);
    }

    private static String published(String admin, String name, String backend) throws Exception {
        String all = "/v1/tenants/acme/apis";
        String id = call(admin, "POST", all, Map.of("name", name, "backend_url", backend))
                .is(201)
                .text("id");
        call(admin, "POST", all + "/" + id + "/publish", null).is(200);
        return id;
    }

    private static Gateway gateway(ControlFixture.Answer added) {
        Map<String, String> settings = Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.resolve("edge").toString(),
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32",
                "STOA_KEYCLOAK_URL",
                keycloak.url(),
                "STOA_KEYCLOAK_REALM",
                "stoa",
                "STOA_ALLOWED_AUDIENCES",
                "stoa-mcp-gateway",
                "STOA_CONTROL_PLANE_URL",
                "http://127.0.0.1:" + control.plane.port(),
                "STOA_CONTROL_PLANE_API_KEY",
                added.text("gateway_key"),
                "STOA_CONTROL_PLANE_KEYS",
                added.json().path("snapshot_keys").get(0).asString());
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, control.clock);
    }

    @Test
    @Order(8)
    void an_applications_token_opens_at_a_gateway_what_the_application_has_a_subscription_for() throws Exception {
        HttpServer backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
        String admin = access("of-tenant-admin");
        String url = "http://127.0.0.1:" + backend.getAddress().getPort();
        ControlFixture.Answer made = call(admin, "POST", "/v1/tenants/acme/applications", Map.of("name", "market"))
                .is(201);
        String plan = call(admin, "POST", "/v1/plans/acme", Map.of("slug", "open", "requires_approval", false))
                .is(201)
                .text("id");
        String fruit = published(admin, "fruit", url);
        published(admin, "fish", url);
        call(
                        admin,
                        "POST",
                        "/v1/tenants/acme/applications/" + made.text("id") + "/subscribe",
                        Map.of("api_id", fruit, "plan_id", plan))
                .is(201);
        try (Gateway gateway = gateway(control.operator("POST", "/v1/admin/gateways", Map.of("name", "edge"))
                .is(201))) {
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(
                            () -> assertThat(statusAt(gateway, made, "fruit")).isEqualTo(204));
            assertThat(statusAt(gateway, made, "fish")).isEqualTo(403);
        } finally {
            backend.stop(0);
        }
    }

    private static int statusAt(Gateway gateway, ControlFixture.Answer application, String api) throws Exception {
        String token = StrictJson.parse(credentials(application.text("client_id"), application.text("client_secret"))
                        .body()
                        .getBytes(StandardCharsets.UTF_8))
                .path("access_token")
                .asString();
        control.clock.set(Instant.now());
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.port() + "/apis/acme/" + api + "/1"))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + token)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static HttpResponse<String> atKeycloak(String method, String path) throws Exception {
        String token = StrictJson.parse(credentials("stoa-control-plane", ControlRealm.ADMIN_SECRET)
                        .body()
                        .getBytes(StandardCharsets.UTF_8))
                .path("access_token")
                .asString();
        HttpRequest request = HttpRequest.newBuilder(URI.create(keycloak.url() + "/admin/realms/stoa" + path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    @Order(9)
    void a_tenant_that_is_provisioned_has_a_group_whose_members_tokens_name_it_until_it_is_deleted() throws Exception {
        control.operator("POST", "/v1/tenants", Map.of("id", "fresh")).is(201);
        String provision = "/v1/tenants/fresh/provision";
        call(access("of-tenant-admin"), "POST", provision, null).is(403);
        String user = StrictJson.parse(atKeycloak("GET", "/users?exact=true&username=without-tenant")
                        .body()
                        .getBytes(StandardCharsets.UTF_8))
                .path(0)
                .path("id")
                .asString();
        assertThat(status(access("without-tenant"), "/v1/tenants/fresh/apis")).isNotEqualTo(200);
        ControlFixture.Answer made = control.operator("POST", provision, null).is(200);
        assertThat(made.text("group")).isEqualTo("stoa.tenant.fresh");
        assertThat(control.operator("POST", provision, null).is(200).body()).isEqualTo(made.body());
        String group = made.text("identity_group_id");
        assertThat(atKeycloak("PUT", "/users/" + user + "/groups/" + group).statusCode())
                .isEqualTo(204);
        assertThat(status(access("without-tenant"), "/v1/tenants/fresh/apis")).isEqualTo(200);
        assertThat(status(access("without-tenant"), "/v1/tenants/acme/apis")).isEqualTo(404);

        relay.cut(true);
        control.operator("POST", "/v1/tenants/fresh/archive", null).is(200);
        control.operator("DELETE", "/v1/tenants/fresh", null).is(503);
        relay.cut(false);
        control.operator("DELETE", "/v1/tenants/fresh", null).is(204);
        assertThat(atKeycloak("GET", "/groups/" + group).statusCode()).isEqualTo(404);
    }
}
