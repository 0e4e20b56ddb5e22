package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.permission.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract of the control plane, whatever keeps its objects. */
class ControlPlaneTest extends ControlPlaneTestBase {
    private static final String BACKEND = "http://127.0.0.1:9/v1";

    /** As somebody who can write the store's file. */
    protected void edit(String sql) throws Exception {
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("control.db"));
                var update = connection.createStatement()) {
            assertThat(update.executeUpdate(sql)).isEqualTo(1);
        }
    }

    @Test
    void nobody_is_an_administrator_until_the_operator_names_somebody_and_the_token_says_so_too() throws Exception {
        control.as(Role.CPI_ADMIN, "platform", "POST", "/v1/tenants", Map.of("id", "third"))
                .is(403);
        assertThat(control.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"))
                        .path("changed")
                        .asBoolean())
                .isTrue();
        control.as(Role.CPI_ADMIN, "platform", "POST", "/v1/tenants", Map.of("id", "third"))
                .is(201);
        // Being named is not enough without the role.
        control.owner("/owner/administrators/add", Map.of("subject", "user-viewer"));
        control.as(Role.VIEWER, "acme", "POST", "/v1/tenants", Map.of("id", "fourth"))
                .is(403);
        control.owner("/owner/administrators/remove", Map.of("subject", "user-cpi-admin"));
        control.as(Role.CPI_ADMIN, "platform", "POST", "/v1/tenants", Map.of("id", "fifth"))
                .is(403);
    }

    @Test
    void an_administrator_can_be_named_while_nothing_runs_and_stays_one() throws Exception {
        control.plane.close();
        control.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"));
        control.start();
        control.as(Role.CPI_ADMIN, "platform", "GET", "/v1/admin/gateways").is(200);
    }

    @Test
    void an_api_is_drafted_published_deprecated_and_retired_in_this_order_alone() throws Exception {
        String all = "/v1/tenants/acme/apis";
        Answer draft = control.admin("acme", "POST", all, Map.of("name", "orders", "backend_url", BACKEND))
                .is(201);
        String one = all + "/" + draft.text("id");
        assertThat(draft.text("status")).isEqualTo("draft");
        assertThat(draft.text("path_prefix")).isEqualTo("/apis/acme/orders");
        control.admin("acme", "POST", one + "/deprecate").is(409);
        control.admin("acme", "POST", one + "/retire").is(409);
        control.admin("acme", "POST", one + "/publish").is(200);
        assertThat(control.admin("acme", "POST", one + "/publish").is(409).text("detail"))
                .contains("draft");
        control.admin("acme", "DELETE", one).is(409);
        control.admin("acme", "POST", one + "/deprecate").is(200);
        control.admin("acme", "POST", one + "/retire").is(200);
        control.admin("acme", "DELETE", one).is(204);
        control.admin("acme", "GET", one).is(404);
        control.admin("acme", "POST", all, Map.of("name", "a", "backend_url", "http://169.254.169.254/"))
                .is(400);
        assertThat(control.admin(
                                "acme",
                                "POST",
                                all,
                                Map.of("name", "a", "backend_url", BACKEND, "path_prefix", "/apis/other/x"))
                        .is(422)
                        .text("detail"))
                .contains("path_prefix must begin with /apis/acme/");
    }

    @Test
    void a_key_is_shown_once_and_the_approver_never_sees_it() throws Exception {
        String api = control.api("acme", "orders", BACKEND);
        String plan = control.plan("acme", "gold", Map.of("rate_limit_per_minute", 100));
        String consumer = control.consumer("acme", "shop");
        Answer asked = control.subscribe("acme", api, plan, consumer).is(201);
        assertThat(asked.text("api_key")).startsWith("stoa_sk_").hasSize(40);
        assertThat(asked.text("status")).isEqualTo("pending");
        String one = "/v1/subscriptions/" + asked.text("id");
        control.as(Role.DEVOPS, "acme", "POST", one + "/approve").is(403);
        Answer approved = control.admin("acme", "POST", one + "/approve").is(200);
        assertThat(approved.text("status")).isEqualTo("active");
        for (String body : List.of(
                approved.body(), control.admin("acme", "GET", one).is(200).body())) {
            assertThat(body).doesNotContain(asked.text("api_key")).doesNotContain("lookup");
        }
        control.admin("acme", "POST", one + "/reject").is(400);
        control.subscribe("acme", api, plan, consumer).is(409);
        control.admin("acme", "POST", one + "/ttl", Map.of("ttl_days", 8)).is(422);
        control.admin("acme", "POST", one + "/ttl", Map.of("ttl_days", 7)).is(200);
        control.clock.advance(Duration.ofDays(7));
        assertThat(control.admin("acme", "GET", one).text("status")).isEqualTo("expired");
        control.admin("acme", "POST", one + "/ttl", Map.of("ttl_days", 7)).is(409);
        assertThat(control.admin("acme", "GET", "/v1/subscriptions/stats")
                        .json()
                        .path("by_status")
                        .path("expired")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void a_subscriptions_key_replaces_itself_and_reaches_nothing_else() throws Exception {
        String api = control.api("acme", "orders", BACKEND);
        String plan = control.plan("acme", "free", Map.of("requires_approval", false));
        Answer first = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .is(201);
        Answer second = control.subscribe("acme", api, plan, control.consumer("acme", "web"))
                .is(201);
        assertThat(first.text("status")).isEqualTo("active");
        Map<String, String> key = Map.of("X-API-Key", first.text("api_key"));
        String one = "/v1/subscriptions/" + first.text("id");
        Answer rotated = control.call("POST", one + "/rotate-key", Map.of("grace_period_hours", 2), key)
                .is(200);
        assertThat(rotated.text("new_api_key")).isNotEqualTo(first.text("api_key"));
        assertThat(control.call("GET", one + "/rotation-info", null, key)
                        .is(200)
                        .json()
                        .path("has_previous_key")
                        .asBoolean())
                .isTrue();
        control.call("POST", "/v1/subscriptions/" + second.text("id") + "/rotate-key", null, key)
                .is(404);
        control.call("GET", one, null, key).is(403);
        control.call("GET", "/v1/tenants/acme/apis", null, key).is(403);
        control.clock.advance(Duration.ofHours(2));
        control.call("GET", one + "/rotation-info", null, key).is(401);
        control.call("GET", one + "/rotation-info", null, Map.of("X-API-Key", rotated.text("new_api_key")))
                .is(200);
    }

    @Test
    void a_consumers_keys_are_rotated_together_and_revoked_for_good() throws Exception {
        String plan = control.plan("acme", "free", Map.of("requires_approval", false));
        String consumer = control.consumer("acme", "shop");
        String one = "/v1/consumers/acme/" + consumer;
        control.admin("acme", "POST", one + "/rotate", Map.of("grace_period_hours", 1))
                .is(409);
        for (String name : List.of("a", "b")) {
            control.subscribe("acme", control.api("acme", name, BACKEND), plan, consumer)
                    .is(201);
        }
        control.admin("acme", "POST", one + "/rotate", Map.of("grace_period_hours", 721))
                .is(422);
        assertThat(control.admin("acme", "POST", one + "/rotate", Map.of("grace_period_hours", 720))
                        .is(200)
                        .json()
                        .path("keys"))
                .hasSize(2);
        control.admin("acme", "POST", one + "/suspend").is(200);
        control.admin("acme", "POST", one + "/suspend").is(409);
        control.admin("acme", "POST", one + "/block").is(200);
        control.admin("acme", "POST", one + "/activate").is(200);
        assertThat(control.admin("acme", "POST", one + "/revoke")
                        .is(200)
                        .json()
                        .path("revoked_subscriptions")
                        .asInt())
                .isEqualTo(2);
        assertThat(control.admin("acme", "GET", "/v1/subscriptions?consumer_id=" + consumer + "&status=revoked")
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        control.admin("acme", "DELETE", one).is(409);
    }

    @Test
    void a_bulk_action_tells_of_each_and_takes_fifty_at_most() throws Exception {
        String api = control.api("acme", "orders", BACKEND);
        String plan = control.plan("acme", "gold", Map.of());
        String id = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .text("id");
        Answer done = control.admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions/bulk",
                        Map.of("action", "approve", "subscription_ids", List.of(id, "none")))
                .is(200);
        assertThat(done.json().path("succeeded").asInt()).isEqualTo(1);
        assertThat(done.json().path("results").get(1).path("error").asString()).isEqualTo("not_found");
        List<String> many =
                java.util.stream.IntStream.range(0, 51).mapToObj(i -> "id" + i).toList();
        assertThat(control.admin(
                                "acme",
                                "POST",
                                "/v1/subscriptions/bulk",
                                Map.of("action", "revoke", "subscription_ids", many))
                        .is(422)
                        .text("detail"))
                .contains("subscription_ids must have at most 50");
    }

    @Test
    void audit_entries_are_paged_filtered_exported_and_verified() throws Exception {
        control.api("acme", "orders", BACKEND);
        control.as(Role.VIEWER, "acme", "POST", "/v1/tenants/acme/apis", Map.of("name", "x", "backend_url", BACKEND))
                .is(403);
        Answer page = control.admin("acme", "GET", "/v1/audit/acme?page_size=2").is(200);
        assertThat(page.json().path("entries")).hasSize(2);
        assertThat(page.json().path("total").asInt()).isGreaterThan(2);
        assertThat(page.json().path("has_more").asBoolean()).isTrue();
        Answer published = control.admin("acme", "GET", "/v1/audit/acme?action=api_published")
                .is(200);
        assertThat(published.json().path("entries")).hasSize(1);
        assertThat(published.json().path("entries").get(0).path("resource_name").asString())
                .isEqualTo("orders");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?status=denied")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?search=api_%25")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?resource_type=api")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        control.admin("acme", "GET", "/v1/audit/acme?page_size=501").is(422);
        control.as(Role.DEVOPS, "acme", "GET", "/v1/audit/acme/export/csv").is(403);
        Answer csv = control.admin("acme", "GET", "/v1/audit/acme/export/csv").is(200);
        assertThat(csv.body()).startsWith("\"ID\",\"Timestamp\",\"Tenant\"").contains("\"api_published\"");
        assertThat(csv.response().headers().firstValue("Content-Disposition").orElse(""))
                .contains("audit_acme_20261127.csv");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme/export/json?limit=3")
                        .is(200)
                        .json()
                        .path("entries"))
                .hasSize(3);
        Answer verdict = control.admin("acme", "GET", "/v1/audit/acme/verify").is(200);
        assertThat(verdict.json().path("verified").asBoolean())
                .as(verdict.body())
                .isTrue();
        assertThat(control.admin("other", "GET", "/v1/audit/other").json().toString())
                .doesNotContain("orders");
    }

    @Test
    void a_suspended_tenant_reads_and_changes_nothing() throws Exception {
        control.operator("POST", "/v1/tenants/acme/suspend", null).is(200);
        control.admin("acme", "GET", "/v1/tenants/acme").is(200);
        assertThat(control.admin("acme", "POST", "/v1/plans/acme", Map.of("slug", "p"))
                        .is(409)
                        .text("error"))
                .isEqualTo("tenant_suspended");
        control.operator("DELETE", "/v1/tenants/acme", null).is(409);
        control.operator("POST", "/v1/tenants/acme/archive", null).is(200);
        control.operator("DELETE", "/v1/tenants/acme", null).is(204);
        control.admin("acme", "GET", "/v1/tenants/acme").is(404);
    }

    @Test
    void a_service_account_has_no_greater_role_than_its_maker_and_ends_at_once() throws Exception {
        Answer made = control.admin(
                        "acme", "POST", "/v1/service-accounts", Map.of("name", "ci", "roles", List.of("devops")))
                .is(201);
        Map<String, String> key = Map.of("X-API-Key", made.text("api_key"));
        control.call("POST", "/v1/tenants/acme/apis", Map.of("name", "x", "backend_url", BACKEND), key)
                .is(201);
        control.call("GET", "/v1/tenants/other/apis", null, key).is(404);
        control.admin("acme", "POST", "/v1/service-accounts", Map.of("name", "root", "roles", List.of("cpi-admin")))
                .is(422);
        control.admin("acme", "DELETE", "/v1/service-accounts/" + made.text("id"))
                .is(204);
        control.call("GET", "/v1/tenants/acme/apis", null, key).is(401);
    }

    @Test
    void a_revoked_token_is_refused_from_the_next_call_on() throws Exception {
        control.as(Role.VIEWER, "acme", "GET", "/v1/tenants").is(200);
        control.operator("POST", "/v1/revocations", Map.of("sub", "user-viewer"))
                .is(201);
        control.as(Role.VIEWER, "acme", "GET", "/v1/tenants").is(401);
        control.operator("POST", "/v1/revocations", Map.of("sub", "a", "jti", "b"))
                .is(422);
        control.admin("acme", "POST", "/v1/revocations", Map.of("sub", "user-viewer"))
                .is(403);
    }

    @Test
    void what_was_changed_by_hand_in_the_store_is_no_object() throws Exception {
        String id = control.api("acme", "orders", BACKEND);
        control.plane.close();
        edit("UPDATE control_objects SET document = replace(document, ':9', ':7') WHERE id = '" + id + "'");
        control.start();
        control.admin("acme", "GET", "/v1/tenants/acme/apis/" + id).is(404);
        assertThat(bulwark.gateway.control.state.ControlStore.fsck(control.database())
                        .sentences())
                .anyMatch(sentence -> sentence.contains(id));
    }
}
