package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The black-box rows T6 to T24 of roles and tenants at the control plane, each by its number; T19 and T20 stand with Keycloak. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlAccessRowsTest extends ControlRowsTestBase {
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
