package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.ORDERS;
import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.signing.Signing;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of the OAuth client of an application, held to its subscriptions on the wire. */
class ApplicationTokenTest {
    private static final String CLIENT = "stoa.acme.shop";

    @TempDir
    private Path folder;

    private LinkFixture link;
    private Gateway gateway;

    /** Whose client would be at an identity provider. */
    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        link.changeByHand(change -> change.create(
                ObjectKind.APPLICATION, "shop", "active", Map.of("client_id", CLIENT, "consumer_id", link.consumer)));
        gateway = link.gateway("edge", Map.of());
        eventually(204, () -> link.callWith(gateway, link.key));
    }

    @AfterEach
    void stop() {
        link.close();
    }

    private String token(String client, Role role) {
        return LocalTokenIssuer.open(folder.resolve("edge"), Signing.fastest(), link.control.clock)
                .issue("of-" + client, "acme", List.of(role), Duration.ofHours(1), "stoa-mcp-gateway", client);
    }

    private HttpResponse<String> call(String token, String path) throws Exception {
        return link.get(gateway, path, Map.of("Authorization", "Bearer " + token));
    }

    /** Status, and the code of a refusal. */
    private String outcome(String token, String path) throws Exception {
        HttpResponse<String> answer = call(token, path);
        return (answer.statusCode() + " "
                        + answer.headers().firstValue("X-Stoa-Refusal").orElse(""))
                .strip();
    }

    private Answer subscribe(String api, String plan) throws Exception {
        return link.control.subscribe("acme", api, plan, link.consumer).is(201);
    }

    @Test
    void a_call_is_counted_under_the_plan_of_the_subscription_together_with_those_by_its_key() throws Exception {
        String priced = link.control.api("acme", "priced", link.backendUrl());
        String three = link.control.plan(
                "acme", "three", Map.of("requires_approval", false, "rate_limit_per_minute", 3, "burst_limit", 0));
        String key = subscribe(priced, three).text("api_key");
        String path = "/apis/acme/priced/1";
        String token = token(CLIENT, Role.DEVOPS);
        eventually(204, () -> link.get(gateway, path, Map.of("X-API-Key", key)).statusCode());
        HttpResponse<String> second = call(token, path);
        assertThat(second.statusCode()).isEqualTo(204);
        assertThat(second.headers().firstValue("X-RateLimit-Limit")).contains("3");
        assertThat(call(token, path).statusCode()).isEqualTo(204);
        assertThat(outcome(token, path)).isEqualTo("429 quota_exceeded");
        assertThat(link.get(gateway, path, Map.of("X-API-Key", key)).statusCode())
                .as("of one subscription")
                .isEqualTo(429);
        assertThat(outcome(token, ORDERS)).as("another subscription").isEqualTo("204");
        assertThat(outcome(token("stoa-cli", Role.DEVOPS), path))
                .as("of no application")
                .isEqualTo("204");
    }

    @Test
    void without_an_approved_subscription_a_call_is_refused_where_the_api_demands_one() throws Exception {
        String more = link.control.api("acme", "more", link.backendUrl());
        String path = "/apis/acme/more/1";
        String token = token(CLIENT, Role.DEVOPS);
        eventually("403 subscription_required", () -> outcome(token, path));
        assertThat(call(token, path).body()).contains("has no approved subscription");
        String approved = link.control.plan("acme", "approved", Map.of("requires_approval", true));
        String id = subscribe(more, approved).text("id");
        assertThat(outcome(token, path)).as("while it waits").isEqualTo("403 subscription_required");
        link.control
                .admin("acme", "POST", "/v1/subscriptions/" + id + "/approve")
                .is(200);
        eventually("204", () -> outcome(token, path));
        link.control
                .admin("acme", "POST", "/v1/subscriptions/" + id + "/revoke")
                .is(200);
        eventually("403 subscription_required", () -> outcome(token, path));

        link.control
                .admin("acme", "PUT", "/v1/tenants/acme/apis/" + more, Map.of("requires_subscription", false))
                .is(200);
        eventually("204", () -> outcome(token, path));
        link.control.api("other", "secret", link.backendUrl());
        eventually("404 no_route", () -> outcome(token, "/apis/other/secret/1"));
    }

    @Test
    void an_application_that_is_suspended_or_unknown_opens_nothing_that_asks_for_a_subscription() throws Exception {
        link.control
                .admin("acme", "PUT", "/v1/tenants/acme/apis/" + link.api, Map.of("requires_subscription", false))
                .is(200);
        String token = token(CLIENT, Role.DEVOPS);
        String one = "/v1/consumers/acme/" + link.consumer;
        eventually("204", () -> outcome(token("stoa.acme.gone", Role.DEVOPS), ORDERS));
        link.control.admin("acme", "POST", one + "/suspend").is(200);
        eventually("403 application_not_active", () -> outcome(token, ORDERS));
        link.control.admin("acme", "POST", one + "/activate").is(200);
        eventually("204", () -> outcome(token, ORDERS));
        link.control
                .admin("acme", "PUT", "/v1/tenants/acme/apis/" + link.api, Map.of("requires_subscription", true))
                .is(200);
        eventually("403 subscription_required", () -> outcome(token("stoa.acme.gone", Role.DEVOPS), ORDERS));
        assertThat(outcome(token, ORDERS)).isEqualTo("204");
    }

    @Test
    void the_role_of_the_token_and_the_profile_of_the_subscription_hold_besides() throws Exception {
        String viewer = token(CLIENT, Role.VIEWER);
        assertThat(outcome(viewer, ORDERS)).isEqualTo("204");
        assertThat(link.send(gateway, "POST", ORDERS, "{}", Map.of("Authorization", "Bearer " + viewer))
                        .statusCode())
                .isEqualTo(403);
        String proven = link.control.api("acme", "proven", link.backendUrl());
        link.control
                .admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions",
                        Map.of(
                                "api_id",
                                proven,
                                "plan_id",
                                link.plan,
                                "consumer_id",
                                link.consumer,
                                "security_profile",
                                "fapi_baseline"))
                .is(201);
        eventually("403 PROFILE_DPOP_REQUIRED", () -> outcome(viewer, "/apis/acme/proven/1"));
    }

    @Test
    void a_subscription_that_ends_ends_for_tokens_too_while_nobody_is_reached() throws Exception {
        link.control
                .admin("acme", "POST", "/v1/subscriptions/" + link.subscription + "/ttl", Map.of("ttl_days", 7))
                .is(200);
        String before = link.syncStatus("edge");
        assertThat(before).isNotEmpty();
        eventually("synced", () -> link.syncStatus("edge"));
        link.control.clock.advance(Duration.ofDays(7));
        assertThat(outcome(token(CLIENT, Role.DEVOPS), ORDERS)).isEqualTo("403 subscription_required");
    }
}
