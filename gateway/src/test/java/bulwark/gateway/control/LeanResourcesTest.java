package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.permission.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Environments, documents of APIs, permissions of tools, erasure, and files of a tenant. */
@Timeout(300)
class LeanResourcesTest extends ControlPlaneTestBase {
    private static final String BACKEND = "http://127.0.0.1:9";

    private String snapshot(String environment) throws Exception {
        Answer gateway = control.operator(
                        "POST",
                        "/v1/admin/gateways",
                        Map.of("name", "edge-" + environment + control.traffic.size(), "environment", environment))
                .is(201);
        return control.call(
                        "GET",
                        "/v1/internal/gateways/" + gateway.text("id") + "/snapshot",
                        null,
                        Map.of("X-Gateway-Key", gateway.text("gateway_key")))
                .is(200)
                .body();
    }

    @Test
    void an_api_is_served_in_the_environments_that_it_was_promoted_to() throws Exception {
        String api = control.api("acme", "orders", BACKEND);
        assertThat(snapshot("dev")).contains("cp.acme.orders");
        assertThat(snapshot("staging")).doesNotContain("cp.acme.orders");
        String path = "/v1/tenants/acme/apis/" + api;
        control.as(Role.DEVOPS, "acme", "POST", path + "/promote", Map.of("environment", "staging"))
                .is(200);
        assertThat(snapshot("staging")).contains("cp.acme.orders");
        assertThat(snapshot("prod")).doesNotContain("cp.acme.orders");
        control.as(Role.DEVOPS, "acme", "POST", path + "/promote", Map.of("environment", "staging"))
                .is(409);
        control.as(Role.DEVOPS, "acme", "POST", path + "/promote", Map.of("environment", "moon"))
                .is(422);
    }

    @Test
    void prod_is_read_only_for_all_but_administrators_of_the_platform() throws Exception {
        String path = "/v1/tenants/acme/apis/" + control.api("acme", "orders", BACKEND);
        Map<String, String> prod = Map.of("environment", "prod");
        Answer refused =
                control.as(Role.DEVOPS, "acme", "POST", path + "/promote", prod).is(403);
        assertThat(refused.text("detail"))
                .isEqualTo("Environment 'prod' is read-only. Only cpi-admin can perform writes.");
        control.operator("POST", path + "/promote", prod).is(200);
        assertThat(snapshot("prod")).contains("cp.acme.orders");
        control.admin("acme", "PUT", path, Map.of("description", "x")).is(403);
        control.admin("acme", "POST", path + "/deprecate").is(403);
        control.admin("acme", "POST", path + "/withdraw", prod).is(403);
        control.operator("PUT", path, Map.of("description", "x")).is(200);
        control.operator("POST", path + "/withdraw", prod).is(200);
        control.admin("acme", "PUT", path, Map.of("description", "y")).is(200);
        assertThat(control.as(Role.VIEWER, "acme", "GET", "/v1/environments")
                        .is(200)
                        .body())
                .contains("{\"name\":\"prod\",\"mode\":\"read_only\"}");
    }

    @Test
    void the_document_of_an_api_is_checked_kept_and_shown() throws Exception {
        String path = "/v1/tenants/acme/apis/" + control.api("acme", "orders", BACKEND) + "/openapi";
        control.admin("acme", "GET", path).is(404);
        Map<String, Object> good = Map.of(
                "openapi",
                "3.1.0",
                "info",
                Map.of("title", "Orders", "version", "1"),
                "paths",
                Map.of("/orders", Map.of("get", Map.of("summary", "List", "x-cost", 0.5))));
        control.admin("acme", "PUT", path, Map.of("document", good)).is(200);
        assertThat(control.admin("acme", "GET", path)
                        .is(200)
                        .json()
                        .path("document")
                        .path("paths")
                        .path("/orders")
                        .path("get")
                        .path("summary")
                        .asString())
                .isEqualTo("List");
        assertThat(control.admin(
                                "acme",
                                "PUT",
                                path,
                                Map.of("document", Map.of("openapi", "2.0", "paths", Map.of("orders", Map.of()))))
                        .is(422)
                        .body())
                .contains("document.openapi", "document.info.title", "document.paths");
        control.admin("acme", "PUT", path, Map.of()).is(422);
        control.admin("acme", "DELETE", path).is(204);
        control.admin("acme", "GET", path).is(404);
    }

    @Test
    void permissions_of_tools_are_kept_for_one_tenant() throws Exception {
        String all = "/v1/tenants/acme/tool-permissions";
        Map<String, Object> draft = Map.of("tool", "orders/list", "allowed", true, "roles", List.of("devops"));
        String id = control.admin("acme", "POST", all, draft).is(201).text("id");
        control.admin("acme", "POST", all, draft).is(409);
        control.admin("acme", "POST", all, Map.of("tool", "a b")).is(422);
        assertThat(control.admin("acme", "POST", all, Map.of("tool", "x", "consumer_id", "nobody"))
                        .is(422)
                        .body())
                .contains("consumer_id");
        control.admin("acme", "PUT", all + "/" + id, Map.of("allowed", false)).is(200);
        assertThat(control.admin("acme", "GET", all)
                        .is(200)
                        .json()
                        .path("items")
                        .get(0)
                        .path("allowed")
                        .asBoolean())
                .isFalse();
        assertThat(control.admin("other", "GET", "/v1/tenants/other/tool-permissions")
                        .is(200)
                        .json()
                        .path("items"))
                .isEmpty();
        control.admin("acme", "DELETE", all + "/" + id).is(204);
    }

    @Test
    void after_an_erasure_later_reads_show_a_pseudonym_and_the_chain_still_holds() throws Exception {
        control.as(Role.DEVOPS, "acme", "POST", "/v1/tenants/acme/apis", Map.of("name", "x", "backend_url", BACKEND))
                .is(201);
        String audit = "/v1/audit/acme";
        assertThat(control.admin("acme", "GET", audit + "?search=user-devops")
                        .json()
                        .path("total")
                        .asInt())
                .isPositive();
        control.admin("acme", "DELETE", "/v1/audit/users/user-devops/pii").is(403);
        Answer erased = control.operator("DELETE", "/v1/audit/users/user-devops/pii", null)
                .is(200);
        assertThat(erased.json().path("scope_event_ids")).isNotEmpty();
        String pseudonym = erased.text("pseudonym");
        assertThat(pseudonym).startsWith("pseudo:");
        for (String path : List.of(audit + "?page_size=500", audit + "/export/csv", audit + "/export/json")) {
            String shown = control.admin("acme", "GET", path).is(200).body();
            assertThat(shown).contains(pseudonym).doesNotContain("user-devops");
        }
        for (JsonNode entry : control.admin("acme", "GET", audit + "?action=api_created")
                .json()
                .path("entries")) {
            assertThat(entry.path("actor_id").asString()).isEqualTo(pseudonym);
            assertThat(entry.has("client_ip")).isFalse();
        }
        assertThat(control.admin("acme", "GET", audit + "?search=user-devops")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        assertThat(control.admin("acme", "GET", audit + "/verify")
                        .json()
                        .path("verified")
                        .asBoolean())
                .isTrue();
        assertThat(control.operator("DELETE", "/v1/audit/users/user-devops/pii", null)
                        .is(200)
                        .text("pseudonym"))
                .isEqualTo(pseudonym);
    }

    @Test
    void a_tenant_is_written_as_a_file_and_read_elsewhere_all_of_it_or_nothing() throws Exception {
        String api = control.api("acme", "orders", BACKEND);
        control.plan("acme", "free", Map.of("rate_limit_per_minute", 7));
        control.admin("acme", "POST", "/v1/consumers/acme", Map.of("external_id", "shop", "company", "=HYPERLINK(1)"))
                .is(201);
        String policy = control.admin(
                        "acme",
                        "POST",
                        "/v1/admin/policies",
                        Map.of("name", "two", "policy_type", "rate_limit", "config", Map.of("limit", 2)))
                .is(201)
                .text("id");
        control.admin(
                        "acme",
                        "POST",
                        "/v1/admin/policies/" + policy + "/bindings",
                        Map.of("scope", "api", "api_id", api))
                .is(201);
        String file =
                control.admin("acme", "GET", "/v1/tenants/acme/export").is(200).body();
        assertThat(file).doesNotContain("api_key").doesNotContain("lookup");
        control.as(Role.DEVOPS, "acme", "GET", "/v1/tenants/acme/export").is(403);
        control.admin("other", "POST", "/v1/tenants/other/import", file).is(403);

        String torn = file.replace("\"limit\":2", "\"limit\":0");
        assertThat(control.operator("POST", "/v1/tenants/other/import", torn)
                        .is(422)
                        .body())
                .contains("fields.config.limit");
        String blocked = file.replace(BACKEND, "http://10.0.0.1");
        assertThat(control.operator("POST", "/v1/tenants/other/import", blocked)
                        .is(422)
                        .body())
                .contains("backend_url");
        assertThat(control.admin("other", "GET", "/v1/tenants/other/apis")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();

        assertThat(control.operator("POST", "/v1/tenants/other/import", file)
                        .is(200)
                        .json()
                        .path("imported")
                        .asInt())
                .isEqualTo(5);
        JsonNode made = control.admin("other", "GET", "/v1/tenants/other/apis")
                .json()
                .path("items")
                .get(0);
        assertThat(made.path("status").asString()).isEqualTo("draft");
        assertThat(made.path("path_prefix").asString()).isEqualTo("/apis/other/orders");
        control.operator("POST", "/v1/tenants/other/import", file).is(409);
        control.admin(
                        "other",
                        "POST",
                        "/v1/tenants/other/apis/" + made.path("id").asString() + "/publish")
                .is(200);
        assertThat(snapshot("dev")).contains("cp.other.two.orders");

        assertThat(control.admin("acme", "GET", "/v1/consumers/acme/export/csv")
                        .is(200)
                        .body())
                .contains("'=HYPERLINK(1)");
    }

    @Test
    void without_an_identity_provider_an_application_is_refused_with_what_to_set_and_nothing_is_made()
            throws Exception {
        String all = "/v1/tenants/acme/applications";
        Answer refused =
                control.admin("acme", "POST", all, Map.of("name", "shop")).is(409);
        assertThat(refused.text("error")).isEqualTo("no_identity_provider");
        assertThat(refused.text("detail")).contains("STOA_KEYCLOAK_CLIENT_SECRET_FILE");
        assertThat(control.admin("acme", "GET", all)
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        assertThat(control.admin("acme", "GET", "/v1/consumers/acme")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
    }
}
