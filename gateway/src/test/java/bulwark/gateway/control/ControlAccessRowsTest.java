package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The black-box rows T1 to T24 of authentication, roles and tenants at the control plane, each by its number; T19 and T20 stand with Keycloak. One control plane serves them all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlAccessRowsTest {
    private static final String BACKEND = "http://127.0.0.1:9";
    private static final String APIS = "/v1/tenants/acme/apis";

    @TempDir
    private static Path folder;

    private ControlFixture control;
    private Ed25519Signer issuer;
    private int names;

    @BeforeAll
    void start() throws Exception {
        control = ControlFixture.start(folder);
        control.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"));
        control.token("acme", Role.VIEWER);
        issuer = KeyRing.open(LocalTokenIssuer.ring(folder), Signing.fastest(), control.clock)
                .signer();
    }

    @AfterAll
    void stop() {
        control.close();
    }

    private String name() {
        return "n" + ++names;
    }

    private Map<String, Object> api() {
        return Map.of("name", name(), "backend_url", BACKEND);
    }

    private Answer bearing(String token, String path) throws IOException {
        return control.call("GET", path, null, Map.of("Authorization", "Bearer " + token));
    }

    /** Claims of a token that is good, with these in place of its own; null takes one away. */
    private Map<String, Object> claims(Map<String, ?> other) {
        Instant now = control.clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>(Map.of(
                "iss",
                LocalTokenIssuer.ISSUER,
                "sub",
                "somebody",
                "aud",
                "stoa-mcp-gateway",
                "iat",
                now.getEpochSecond(),
                "exp",
                now.plusSeconds(300).getEpochSecond(),
                "tenant",
                "acme",
                "realm_access",
                Map.of("roles", List.of("viewer"))));
        claims.putAll(other);
        return claims;
    }

    private String signed(Map<String, Object> claims, String key) {
        Map<String, String> header = new LinkedHashMap<>();
        header.put("typ", "at+jwt");
        header.put("kid", key);
        return CompactJws.sign(header, StrictJson.write(claims), issuer);
    }

    private static String unsigned(String algorithm, Map<String, Object> claims) {
        return Base64Url.text(StrictJson.write(Map.of("alg", algorithm, "typ", "at+jwt"))) + "."
                + Base64Url.text(StrictJson.write(claims));
    }

    private String forgedByPublicKey() {
        String input = unsigned("HS256", claims(Map.of()));
        byte[] mac = Signing.fastest()
                .hmacSha256(SecretBytes.of(issuer.publicKey()), input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64Url.text(mac);
    }

    private Stream<Arguments> badTokens() {
        long now = control.clock.instant().getEpochSecond();
        String good = signed(claims(Map.of()), issuer.keyId());
        char other = good.charAt(good.length() - 20) == 'A' ? 'B' : 'A';
        return Stream.of(
                Arguments.of("alg none", unsigned("none", claims(Map.of())) + "."),
                Arguments.of("HS256 by the public key", forgedByPublicKey()),
                Arguments.of("an unknown key", signed(claims(Map.of()), "another")),
                Arguments.of("a key that is a path", signed(claims(Map.of()), "../../../../dev/null")),
                Arguments.of("expired", signed(claims(Map.of("exp", now - 60)), issuer.keyId())),
                Arguments.of("not valid yet", signed(claims(Map.of("nbf", now + 600)), issuer.keyId())),
                Arguments.of("another issuer", signed(claims(Map.of("iss", "https://else")), issuer.keyId())),
                Arguments.of("another audience", signed(claims(Map.of("aud", "else")), issuer.keyId())),
                Arguments.of(
                        "changed", good.substring(0, good.length() - 20) + other + good.substring(good.length() - 19)));
    }

    @ParameterizedTest(name = "T1: {0}")
    @MethodSource("badTokens")
    @DisplayName("T1, T21: a token that does not hold is 401 with a challenge")
    @Order(1)
    void t1_and_t21_a_token_that_does_not_hold_is_refused_with_a_challenge(String what, String token) throws Exception {
        Answer refused = bearing(token, APIS).is(401);
        assertThat(refused.response().headers().firstValue("WWW-Authenticate"))
                .as(what)
                .isPresent();
        assertThat(refused.text("error")).as(what).isEqualTo("unauthorized");
    }

    @Test
    @DisplayName("T2: one of several audiences, and the scheme in lower case")
    @Order(1)
    void t2_one_of_several_audiences_and_a_scheme_in_lower_case_are_taken() throws Exception {
        String token = signed(claims(Map.of("aud", List.of("else", "stoa-mcp-gateway"))), issuer.keyId());
        bearing(token, APIS).is(200);
        control.call("GET", APIS, null, Map.of("Authorization", "bearer " + token))
                .is(200);
    }

    private String account() throws IOException {
        Answer made = control.admin(
                        "acme", "POST", "/v1/service-accounts", Map.of("name", name(), "roles", List.of("viewer")))
                .is(201);
        return made.text("id") + " " + made.text("api_key");
    }

    private int keyed(String key) throws IOException {
        return control.call("GET", APIS, null, Map.of("X-API-Key", key)).status();
    }

    @Test
    @DisplayName("T3: API keys that are good, gone, suspended and too short")
    @Order(1)
    void t3_an_api_key_works_until_its_holder_is_gone_or_suspended_and_in_its_whole_length_alone() throws Exception {
        String[] account = account().split(" ");
        assertThat(keyed(account[1])).isEqualTo(200);
        assertThat(keyed(account[1].substring(0, account[1].length() - 1))).isEqualTo(401);
        control.admin("acme", "DELETE", "/v1/service-accounts/" + account[0]).is(204);
        assertThat(keyed(account[1])).isEqualTo(401);
        Answer subscription = subscription(Map.of("requires_approval", false));
        String info = "/v1/subscriptions/" + subscription.text("id") + "/rotation-info";
        Map<String, String> key = Map.of("X-API-Key", subscription.text("api_key"));
        control.call("GET", info, null, key).is(200);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription.text("id") + "/suspend")
                .is(200);
        control.call("GET", info, null, key).is(401);
    }

    private Answer subscription(Map<String, Object> plan) throws IOException {
        String id = control.plan("acme", name(), plan);
        return control.subscribe("acme", control.api("acme", name(), BACKEND), id, control.consumer("acme", name()))
                .is(201);
    }

    /** Turns the clock. */
    @Test
    @DisplayName("T4, T5: a former key in and after its grace, and what is told of the rotation")
    @Order(9)
    void t4_and_t5_the_former_key_works_in_its_grace_alone_and_the_rotation_is_told() throws Exception {
        Answer subscription = subscription(Map.of("requires_approval", false));
        String one = "/v1/subscriptions/" + subscription.text("id");
        Answer rotated = control.admin("acme", "POST", one + "/rotate-key", Map.of("grace_period_hours", 1))
                .is(200);
        Map<String, String> former = Map.of("X-API-Key", subscription.text("api_key"));
        Map<String, String> next = Map.of("X-API-Key", rotated.text("new_api_key"));
        Answer info = control.call("GET", one + "/rotation-info", null, former).is(200);
        assertThat(info.text("api_key_prefix")).isEqualTo(rotated.text("new_api_key_prefix"));
        assertThat(info.json().path("has_previous_key").asBoolean()).isTrue();
        assertThat(info.json().path("rotation_count").asInt()).isEqualTo(1);
        control.clock.advance(Duration.ofMinutes(61));
        control.call("GET", one + "/rotation-info", null, former).is(401);
        control.call("GET", one + "/rotation-info", null, next).is(200);
    }

    @Test
    @DisplayName("T6: a viewer makes no API")
    @Order(1)
    void t6_a_viewer_makes_no_api() throws Exception {
        assertThat(control.as(Role.VIEWER, "acme", "POST", APIS, api()).is(403).text("detail"))
                .isEqualTo("Permission denied: apis:create required");
    }

    @ParameterizedTest(name = "{0}: {1} {2} {3} is {4}")
    @CsvSource({
        "T7, VIEWER, GET, /v1/tenants/acme/apis, 200",
        "T7, VIEWER, GET, /v1/audit/acme, 200",
        "T8, VIEWER, GET, /v1/audit/acme/export/csv, 403",
        "T8, VIEWER, GET, /v1/audit/acme/security, 403",
        "T8, VIEWER, GET, /v1/security/acme/score, 403",
        "T8, DEVOPS, GET, /v1/audit/acme/export/csv, 403",
        "T8, DEVOPS, GET, /v1/audit/acme/security, 403",
        "T8, DEVOPS, GET, /v1/security/acme/findings, 403",
        "T8, TENANT_ADMIN, GET, /v1/audit/acme/security, 200",
        "T12, TENANT_ADMIN, GET, /v1/admin/gateways, 403",
        "T14, TENANT_ADMIN, GET, /v1/tenants/other/apis, 404",
        "T14, TENANT_ADMIN, GET, /v1/audit/other, 404",
        "T15, TENANT_ADMIN, GET, /v1/audit/acme/isolation-test?target_tenant=acme, 200",
        "T15, TENANT_ADMIN, GET, /v1/audit/acme/isolation-test?target_tenant=other, 403"
    })
    @DisplayName("T7, T8, T12, T14, T15: what a role reads")
    @Order(2)
    void t7_to_t15_a_role_reads_what_the_row_says(String row, Role role, String method, String path, int status)
            throws Exception {
        control.as(role, "acme", method, path).is(status);
    }

    @Test
    @DisplayName("T9: a devops deletes no API, makes no tenant, approves nothing")
    @Order(2)
    void t9_a_devops_deletes_no_api_makes_no_tenant_and_approves_no_subscription() throws Exception {
        String api =
                control.as(Role.DEVOPS, "acme", "POST", APIS, api()).is(201).text("id");
        control.as(Role.DEVOPS, "acme", "DELETE", APIS + "/" + api).is(403);
        control.as(Role.DEVOPS, "acme", "POST", "/v1/tenants", Map.of("id", name()))
                .is(403);
        Answer pending = subscription(Map.of());
        control.as(Role.DEVOPS, "acme", "POST", "/v1/subscriptions/" + pending.text("id") + "/approve")
                .is(403);
    }

    @Test
    @DisplayName("T10: a devops makes, deploys and promotes an API")
    @Order(2)
    void t10_a_devops_makes_publishes_and_promotes_an_api() throws Exception {
        String one = APIS + "/"
                + control.as(Role.DEVOPS, "acme", "POST", APIS, api()).is(201).text("id");
        control.as(Role.DEVOPS, "acme", "POST", one + "/publish").is(200);
        control.as(Role.DEVOPS, "acme", "POST", one + "/promote", Map.of("environment", "staging"))
                .is(200);
    }

    @Test
    @DisplayName("T11, T12: a tenant's administrator deletes its API, makes no tenant and no gateway")
    @Order(2)
    void t11_and_t12_a_tenants_administrator_deletes_its_api_and_makes_no_tenant_and_no_gateway() throws Exception {
        String api = control.admin("acme", "POST", APIS, api()).is(201).text("id");
        control.admin("acme", "DELETE", APIS + "/" + api).is(204);
        control.admin("acme", "POST", "/v1/tenants", Map.of("id", name())).is(403);
        control.admin("acme", "POST", "/v1/admin/gateways", Map.of("name", name()))
                .is(403);
    }

    @Test
    @DisplayName("T13: an administrator of the platform has every permission")
    @Order(2)
    void t13_an_administrator_of_the_platform_has_every_permission_of_the_table_and_they_work() throws Exception {
        assertThat(Stream.of(Permission.values()).filter(each -> !Role.CPI_ADMIN.includes(each.least())))
                .isEmpty();
        String tenant = name();
        Map<String, Object> made = Map.of("id", tenant);
        control.as(Role.CPI_ADMIN, "platform", "POST", "/v1/tenants", made).is(201);
        String all = "/v1/tenants/" + tenant + "/apis";
        String api = control.as(Role.CPI_ADMIN, "platform", "POST", all, api())
                .is(201)
                .text("id");
        control.as(Role.CPI_ADMIN, "platform", "DELETE", all + "/" + api).is(204);
        control.as(Role.CPI_ADMIN, "platform", "GET", "/v1/audit/" + tenant + "/export/json")
                .is(200);
        control.as(Role.CPI_ADMIN, "platform", "GET", "/v1/audit/global/summary")
                .is(200);
    }

    @Test
    @DisplayName("T14: lists hold nothing of another tenant")
    @Order(2)
    void t14_a_list_holds_nothing_of_another_tenant() throws Exception {
        String theirs = control.api("other", "theirs", BACKEND);
        control.admin("acme", "GET", APIS + "/" + theirs).is(404);
        for (String list : List.of(APIS, "/v1/audit/acme", "/v1/tenants", "/v1/subscriptions")) {
            assertThat(control.admin("acme", "GET", list).is(200).body())
                    .as(list)
                    .doesNotContain("theirs", "\"other\"");
        }
    }

    @Test
    @DisplayName("T15: the isolation test")
    @Order(2)
    void t15_the_isolation_test_says_what_stopped_it_and_leaves_evidence() throws Exception {
        String test = "/v1/audit/acme/isolation-test?target_tenant=";
        Answer blocked = control.admin("acme", "GET", test + "other").is(403);
        assertThat(blocked.text("error")).isEqualTo("tenant_isolation_violation");
        assertThat(blocked.json().path("blocked").asBoolean()).isTrue();
        assertThat(blocked.text("source_tenant")).isEqualTo("acme");
        assertThat(blocked.text("target_tenant")).isEqualTo("other");
        assertThat(control.admin("acme", "GET", test + "acme").is(200).text("status"))
                .isEqualTo("allowed");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme/security")
                        .is(200)
                        .body())
                .contains("tenant_isolation_violation");
    }

    @Test
    @DisplayName("T16: a person without a tenant")
    @Order(2)
    void t16_a_person_without_a_tenant_who_is_no_administrator_is_refused() throws Exception {
        Map<String, Object> claims = claims(Map.of());
        claims.remove("tenant");
        assertThat(bearing(signed(claims, issuer.keyId()), APIS).status()).isIn(401, 403);
    }

    @Test
    @DisplayName("T17: production is read-only")
    @Order(2)
    void t17_production_is_written_by_administrators_of_the_platform_alone() throws Exception {
        String one = APIS + "/" + control.api("acme", name(), BACKEND);
        Map<String, Object> prod = Map.of("environment", "prod");
        assertThat(control.as(Role.DEVOPS, "acme", "POST", one + "/promote", prod)
                        .is(403)
                        .text("detail"))
                .isEqualTo("Environment 'prod' is read-only. Only cpi-admin can perform writes.");
        control.as(Role.CPI_ADMIN, "platform", "POST", one + "/promote", prod).is(200);
    }

    @ParameterizedTest(name = "T18: {0} means {1}")
    @CsvSource({"stoa.developer, DEVOPS", "dev-ops, DEVOPS", "read-only, VIEWER", "stoa.product_owner, TENANT_ADMIN"})
    @DisplayName("T18: legacy names of roles")
    @Order(2)
    void t18_a_legacy_name_of_a_role_is_that_role(String name, Role role) throws Exception {
        String token =
                signed(claims(Map.of("sub", name, "realm_access", Map.of("roles", List.of(name)))), issuer.keyId());
        Map<String, String> bearer = new HashMap<>(Map.of("Authorization", "Bearer " + token));
        control.call("POST", APIS, api(), bearer).is(role == Role.VIEWER ? 403 : 201);
        control.call("GET", "/v1/audit/acme/export/json", null, bearer).is(role == Role.TENANT_ADMIN ? 200 : 403);
        assertThat(Role.named("cpi_admin", false)).contains(Role.CPI_ADMIN);
        assertThat(Role.named("admin", false)).isEmpty();
    }

    /** As somebody who can write the store's file. */
    private void edit(String sql) throws Exception {
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("control.db"));
                Statement statement = file.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest(name = "T22: {0}")
    @CsvSource({
        "UPDATE control_audit_log SET actor = 'nobody' WHERE seq = 1",
        "DELETE FROM control_audit_log WHERE seq = 1",
        "INSERT OR REPLACE INTO control_audit_log SELECT * FROM control_audit_log WHERE seq = 1"
    })
    @DisplayName("T22: rows of the audit log cannot be changed")
    @Order(3)
    void t22_the_store_itself_refuses_to_change_a_row_of_the_audit_log(String sql) {
        assertThatThrownBy(() -> edit(sql)).hasMessageContaining("control_audit_log ");
    }

    @Test
    @DisplayName("T24: erasure")
    @Order(4)
    void t24_after_an_erasure_the_person_has_a_pseudonym_and_the_chain_verifies() throws Exception {
        control.as(Role.DEVOPS, "acme", "POST", APIS, api()).is(201);
        control.operator("DELETE", "/v1/audit/users/user-devops/pii", null).is(200);
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?page_size=500")
                        .is(200)
                        .body())
                .doesNotContain("user-devops");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme/stats").is(200).body())
                .doesNotContain("user-devops");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme/verify")
                        .is(200)
                        .json()
                        .path("verified")
                        .asBoolean())
                .isTrue();
    }

    /** The last: the log is broken from here on. */
    @Test
    @DisplayName("T23: an edited row is found")
    @Order(10)
    void t23_a_row_that_was_changed_out_of_band_is_found_and_named() throws Exception {
        edit("DROP TRIGGER control_audit_log_no_update");
        edit("UPDATE control_audit_log SET actor = 'nobody' WHERE seq = 5");
        Answer verdict = control.admin("acme", "GET", "/v1/audit/acme/verify").is(200);
        assertThat(verdict.json().path("verified").asBoolean()).isFalse();
        assertThat(verdict.json().path("problems").get(0).asString()).contains("5");
    }
}
