package bulwark.gateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.GatewaySettings;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.credential.TokenExchangeFixture;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CompactJws;
import bulwark.testkit.KeycloakServer;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The shipped realm in a real Keycloak, and its tokens at the gateway. The realm of the test has users besides, and lets them log in with a form. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String REALM = "/admin/realms/stoa";
    private static final String EXCHANGE_SECRET = "the-secret-of-the-gateways-client";

    @TempDir
    static Path folder;

    private static KeycloakServer keycloak;
    private static IdentityFixture identity;

    @BeforeAll
    static void start() throws IOException {
        keycloak = KeycloakServer.start("stoa", StrictJson.text(realm()));
        Map<String, String> settings = Map.of(
                "STOA_KEYCLOAK_URL", keycloak.url(),
                "STOA_KEYCLOAK_REALM", "stoa",
                "STOA_ALLOWED_AUDIENCES", "stoa-mcp-gateway",
                "STOA_JWKS__COOLDOWN_SECS", "1",
                "STOA_JWKS__MAX_AGE_SECS", "2",
                "STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32");
        identity = IdentityFixture.open(folder, Configuration.read(GatewaySettings.schema(), settings, folder));
    }

    @AfterAll
    static void stop() {
        if (identity != null) {
            identity.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    /** As it ships, with what a test needs besides. */
    private static JsonNode realm() throws IOException {
        ObjectNode realm = (ObjectNode) StrictJson.parse(
                Files.readAllBytes(SharedMaterial.repository().resolve("deploy/keycloak/realm-stoa.json")));
        assertThat(realm.get("users")).as("nobody is preset").isEmpty();
        for (JsonNode client : realm.get("clients").values()) {
            if (client.get("clientId").stringValue().equals("stoa-portal")) {
                ((ObjectNode) client).put("directAccessGrantsEnabled", true);
            }
        }
        withExchange((ArrayNode) realm.get("clients"));
        ArrayNode users = realm.putArray("users");
        users.add(user("dora", "devops"));
        users.add(user("victim", "viewer"));
        return realm;
    }

    /** The gateway's own client, which may exchange tokens that were issued for it, and gets those of one backend. */
    private static void withExchange(ArrayNode clients) {
        for (JsonNode client : clients.values()) {
            if (client.get("clientId").stringValue().equals("stoa-portal")) {
                audience((ObjectNode) client, "stoa-exchange");
            }
        }
        ObjectNode own = clients.addObject();
        own.put("clientId", "stoa-exchange")
                .put("secret", EXCHANGE_SECRET)
                .put("publicClient", false)
                .put("standardFlowEnabled", false)
                .put("fullScopeAllowed", true);
        own.putObject("attributes").put("standard.token.exchange.enabled", "true");
        audience(own, "crm-backend");
        for (String backend : new String[] {"crm-backend", "vault-backend"}) {
            clients.addObject().put("clientId", backend).put("standardFlowEnabled", false);
        }
    }

    private static void audience(ObjectNode client, String named) {
        ObjectNode mapper = client.withArray("protocolMappers").addObject();
        mapper.put("name", "audience-" + named)
                .put("protocol", "openid-connect")
                .put("protocolMapper", "oidc-audience-mapper");
        mapper.putObject("config").put("included.client.audience", named).put("access.token.claim", "true");
    }

    @Test
    @Order(3)
    void a_callers_token_is_exchanged_for_one_of_the_backends_audience_and_of_no_other() throws Exception {
        String own = text(tokens("dora"), "access_token");
        Path state = folder.resolve("exchange");
        OwnerOnlyFiles.createDirectory(state);
        String endpoint = keycloak.url() + "/realms/stoa/protocol/openid-connect/token";
        try (TokenExchangeFixture gateway = new TokenExchangeFixture(state)) {
            gateway.exchange(endpoint, "stoa-exchange", EXCHANGE_SECRET, "crm-backend");
            GatewayCall call = gateway.call(own, Instant.MAX);
            assertThat(gateway.decided(call)).isInstanceOf(StageResult.Pass.class);
            assertThat(call.backendFields().getFirst()).isEqualTo("Authorization");
            JsonNode claims = CompactJws.parse(call.backendFields().get(1).substring("Bearer ".length()))
                    .claims();
            assertThat(StrictJson.text(claims.path("aud"))).isEqualTo("\"crm-backend\"");
            assertThat(text(claims, "azp")).isEqualTo("stoa-exchange");
            assertThat(text(claims, "sub")).isEqualTo(text(CompactJws.parse(own).claims(), "sub"));

            gateway.exchange(endpoint, "stoa-exchange", EXCHANGE_SECRET, "vault-backend");
            StageResult refused = gateway.decided(gateway.call(own, Instant.MAX));
            assertThat(CallFixture.wire(refused).status()).isEqualTo(403);
            assertThat(CallFixture.wire(refused).body()).contains("token_exchange_refused");

            gateway.exchange(endpoint, "stoa-exchange", "not-the-secret", "crm-backend");
            assertThat(CallFixture.wire(gateway.decided(gateway.call(own, Instant.MAX)))
                            .status())
                    .isEqualTo(503);
        }
    }

    private static ObjectNode user(String name, String role) {
        ObjectNode user = JsonNodeFactory.instance.objectNode();
        user.put("username", name)
                .put("enabled", true)
                .put("email", name + "@example.org")
                .put("emailVerified", true)
                .put("firstName", name)
                .put("lastName", "Test");
        user.putObject("attributes").putArray("tenant").add("acme");
        user.putArray("realmRoles").add(role);
        user.putArray("credentials").addObject().put("type", "password").put("value", PASSWORD);
        return user;
    }

    private static HttpResponse<String> login(String user, String password) throws Exception {
        return keycloak.token(
                "stoa",
                Map.of(
                        "grant_type", "password",
                        "client_id", "stoa-portal",
                        "scope", "openid",
                        "username", user,
                        "password", password));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return StrictJson.parse(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode tokens(String user) throws Exception {
        HttpResponse<String> answer = login(user, PASSWORD);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }

    private static StageResult call(String token) {
        return CallFixture.decided(
                identity.stage().decide(CallFixture.get("/apis/x", "Authorization: Bearer " + token)));
    }

    private static void assertKnown(StageResult result) {
        assertThat(result).isInstanceOf(StageResult.Pass.class);
    }

    private static void assertUnknown(StageResult result) {
        assertThat(result).isInstanceOf(StageResult.Refuse.class);
        assertThat(CallFixture.wire(result).status()).isEqualTo(401);
    }

    @Test
    @Order(1)
    void an_access_token_is_accepted_and_names_role_and_tenant() throws Exception {
        String token = text(tokens("dora"), "access_token");
        JsonNode claims = CompactJws.parse(token).claims();
        assertThat(text(claims, "tenant")).isEqualTo("acme");
        assertThat(StrictJson.text(claims.path("realm_access"))).contains("devops");
        assertThat(text(claims, "typ")).isEqualTo("Bearer");
        assertKnown(call(token));
    }

    @Test
    @Order(2)
    void an_id_token_and_a_refresh_token_are_refused() throws Exception {
        JsonNode tokens = tokens("dora");
        for (String kind : new String[] {"id_token", "refresh_token"}) {
            assertThat(CallFixture.wire(call(text(tokens, kind))).body())
                    .as(kind)
                    .contains("Invalid token");
        }
    }

    @DisplayName("T20: tokens live for 300 seconds, idle sessions for 900")
    @Test
    @Order(3)
    void t20_tokens_live_for_five_minutes_and_sessions_for_fifteen_idle() throws Exception {
        JsonNode tokens = tokens("dora");
        assertThat(lifetime(tokens, "access_token")).isEqualTo(300);
        assertThat(lifetime(tokens, "refresh_token"))
                .as("a session that is not used in this time is over")
                .isEqualTo(900);
    }

    private static long lifetime(JsonNode tokens, String kind) {
        JsonNode claims = CompactJws.parse(text(tokens, kind)).claims();
        return claims.path("exp").longValue() - claims.path("iat").longValue();
    }

    @DisplayName("T19: bad logins lock an account")
    @Test
    @Order(4)
    void t19_five_bad_logins_lock_an_account_for_a_while() throws Exception {
        assertThat(login("victim", PASSWORD).statusCode()).isEqualTo(200);
        for (int i = 0; i < 6; i++) {
            assertThat(login("victim", "wrong " + i).statusCode()).isIn(400, 401);
        }
        HttpResponse<String> right = login("victim", PASSWORD);
        assertThat(right.statusCode()).as(right.body()).isIn(400, 401);
        assertThat(login("dora", PASSWORD).statusCode())
                .as("others are not locked")
                .isEqualTo(200);
    }

    @Test
    @Order(5)
    void keys_are_rotated_without_a_refused_token_and_a_key_that_is_gone_takes_its_tokens_along() throws Exception {
        String before = text(tokens("dora"), "access_token");
        assertKnown(call(before));
        String admin = text(json(keycloak.adminToken()), "access_token");
        String realmId = text(json(keycloak.get(REALM, admin)), "id");
        String former = component(admin, realmId, "rsa-generated");
        HttpResponse<String> made = keycloak.postJson(
                REALM + "/components",
                admin,
                "{\"name\":\"next\",\"providerId\":\"rsa-generated\",\"providerType\":\"org.keycloak.keys.KeyProvider\","
                        + "\"parentId\":\"" + realmId
                        + "\",\"config\":{\"priority\":[\"200\"],\"algorithm\":[\"RS256\"]}}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);

        String after = text(tokens("dora"), "access_token");
        assertThat(CompactJws.parse(after).text("kid"))
                .isNotEqualTo(CompactJws.parse(before).text("kid"));
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertKnown(call(after)));
        assertKnown(call(before));

        assertThat(keycloak.delete(REALM + "/components/" + former, admin).statusCode())
                .isEqualTo(204);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertUnknown(call(before)));
        assertKnown(call(after));
    }

    private static String component(String admin, String realmId, String provider) throws Exception {
        JsonNode all = json(
                keycloak.get(REALM + "/components?parent=" + realmId + "&type=org.keycloak.keys.KeyProvider", admin));
        for (JsonNode component : all.values()) {
            if (text(component, "providerId").equals(provider)) {
                return text(component, "id");
            }
        }
        throw new AssertionError("there is no key provider " + provider + ": " + all);
    }
}
