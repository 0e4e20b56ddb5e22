package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.feed.TcpRelay;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.CompactJws;
import bulwark.testkit.KeycloakServer;
import bulwark.testkit.SharedMaterial;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The control plane and a real Keycloak with the shipped realm, which can be cut off. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlKeycloakTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String ADMIN_SECRET = "the-secret-of-the-control-planes-client";
    private static final List<String> ROLES = List.of("viewer", "devops", "tenant-admin", "cpi-admin");

    @TempDir
    static Path folder;

    private static KeycloakServer keycloak;
    private static TcpRelay relay;
    private static ControlFixture control;

    @BeforeAll
    static void start() throws Exception {
        keycloak = KeycloakServer.start("stoa", StrictJson.text(realm()));
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
                        ADMIN_SECRET));
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

    /** As it ships, with one user for each role. */
    private static JsonNode realm() throws Exception {
        ObjectNode realm = (ObjectNode) StrictJson.parse(
                Files.readAllBytes(SharedMaterial.repository().resolve("deploy/keycloak/realm-stoa.json")));
        for (JsonNode client : realm.get("clients").values()) {
            if (client.get("clientId").stringValue().equals("stoa-portal")) {
                ((ObjectNode) client).put("directAccessGrantsEnabled", true);
            }
        }
        ((ArrayNode) realm.get("clients")).add(otherAudience()).add(ownClient());
        ArrayNode users = realm.putArray("users");
        ROLES.forEach(role -> users.add(user("of-" + role, role, "acme")));
        users.add(user("without-tenant", "devops", ""));
        ObjectNode service = users.addObject();
        service.put("username", "service-account-stoa-control-plane")
                .put("enabled", true)
                .put("serviceAccountClientId", "stoa-control-plane");
        service.putObject("clientRoles").putArray("realm-management").add("manage-clients");
        return realm;
    }

    /** The control plane's own, which may manage clients. */
    private static ObjectNode ownClient() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("clientId", "stoa-control-plane")
                .put("secret", ADMIN_SECRET)
                .put("publicClient", false)
                .put("serviceAccountsEnabled", true)
                .put("standardFlowEnabled", false)
                .put("fullScopeAllowed", true);
    }

    /** A client whose tokens are for somebody else. */
    private static ObjectNode otherAudience() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("clientId", "elsewhere")
                .put("publicClient", true)
                .put("fullScopeAllowed", true)
                .put("directAccessGrantsEnabled", true);
    }

    private static ObjectNode user(String name, String role, String tenant) {
        ObjectNode user = JsonNodeFactory.instance.objectNode();
        user.put("username", name)
                .put("enabled", true)
                .put("email", name + "@example.org")
                .put("emailVerified", true)
                .put("firstName", name)
                .put("lastName", "Test");
        if (!tenant.isEmpty()) {
            user.putObject("attributes").putArray("tenant").add(tenant);
        }
        user.putArray("realmRoles").add(role);
        user.putArray("credentials").addObject().put("type", "password").put("value", PASSWORD);
        return user;
    }

    private static JsonNode tokens(String user, String client) throws Exception {
        HttpResponse<String> answer = keycloak.token(
                "stoa",
                Map.of(
                        "grant_type", "password",
                        "client_id", client,
                        "scope", "openid",
                        "username", user,
                        "password", PASSWORD));
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
}
