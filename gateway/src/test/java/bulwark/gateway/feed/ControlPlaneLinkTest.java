package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a gateway carries out of what its control plane says, from the subscription to the call. */
class ControlPlaneLinkTest extends ControlPlaneLinkTestBase {
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
    void a_key_opens_the_one_api_that_it_is_for() throws Exception {
        control.api(
                "acme", "invoices", "http://127.0.0.1:" + backend.getAddress().getPort());
        startGateway();
        eventually(204, () -> callWith(key));
        assertThat(call("/apis/acme/invoices/1", Map.of("X-API-Key", key))).isEqualTo(404);
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
}
