package bulwark.gateway.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.permission.Role;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.time.SettableClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Policies as they are stored through the admin API and carried out on calls of a whole gateway. */
@Timeout(300)
class PolicyEnforcementTest {
    private static final String PAGE = "https://app.example.com";

    @TempDir
    private Path folder;

    private static String ofOwn() {
        return ",\"api_id\":\"own\"";
    }

    private static HttpRequest.Builder preflight(GatewayFixture gateway, String origin, String method, String headers) {
        HttpRequest.Builder request = gateway.request("/apis/own/x")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method)
                .method("OPTIONS", BodyPublishers.noBody());
        return headers.isEmpty() ? request : request.header("Access-Control-Request-Headers", headers);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return String.join(" | ", answer.headers().allValues(name));
    }

    @Test
    void a_preflight_is_answered_by_the_gateway_before_anybody_is_known() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.route("own", "acme", ",\"methods\":[\"GET\",\"POST\"]");
            gateway.policy(
                    "pages",
                    "cors",
                    "{\"allowed_origins\":[\"" + PAGE + "\"],\"allowed_methods\":[\"GET\",\"POST\"],"
                            + "\"allow_credentials\":true,\"max_age\":\"5m\"}",
                    ofOwn());
            HttpResponse<String> asked = gateway.send(preflight(gateway, PAGE, "POST", "authorization, Content-Type"));
            assertThat(asked.statusCode()).isEqualTo(204);
            assertThat(header(asked, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            assertThat(header(asked, "Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(header(asked, "Access-Control-Allow-Methods")).isEqualTo("GET, POST");
            assertThat(header(asked, "Access-Control-Max-Age")).isEqualTo("300");
            assertThat(header(asked, "Vary")).contains("Origin", "Access-Control-Request-Headers");
            assertThat(header(asked, "X-Frame-Options")).isEqualTo("DENY");
            assertThat(gateway.heard).isEmpty();
            assertThat(gateway.record(asked).text("rule")).isEqualTo("policy pages");

            HttpResponse<String> elsewhere = gateway.send(preflight(gateway, "https://evil.example", "POST", ""));
            assertThat(elsewhere.statusCode()).isEqualTo(403);
            assertThat(header(elsewhere, "Access-Control-Allow-Origin")).isEmpty();
            assertThat(header(elsewhere, "Vary")).contains("Origin");
            assertThat(gateway.send(preflight(gateway, PAGE, "DELETE", "")).statusCode())
                    .isEqualTo(403);
            HttpResponse<String> header = gateway.send(preflight(gateway, PAGE, "GET", "X-Other"));
            assertThat(header.statusCode()).isEqualTo(403);
            assertThat(header(header, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
        }
    }

    @Test
    void a_page_can_read_answers_and_refusals_and_what_a_backend_says_of_origins_never_counts() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.policy("pages", "cors", "{\"allowed_origins\":[\"" + PAGE + "\"]}", ofOwn());
            gateway.backend(exchange -> GatewayFixture.answer(
                    exchange,
                    200,
                    "hello",
                    "Access-Control-Allow-Origin",
                    "*",
                    "Access-Control-Allow-Credentials",
                    "true",
                    "Vary",
                    "Accept-Encoding"));
            HttpResponse<String> answer =
                    gateway.send(gateway.as("ann", "/apis/own/x").header("Origin", PAGE));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
            assertThat(header(answer, "Vary")).contains("Accept-Encoding", "Origin");
            HttpResponse<String> unknown =
                    gateway.send(gateway.request("/apis/own/x").header("Origin", PAGE));
            assertThat(unknown.statusCode()).isEqualTo(401);
            assertThat(header(unknown, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            HttpResponse<String> other = gateway.send(
                    gateway.as("ann", "/apis/own/x").header("Origin", "https://app.example.com.evil.example"));
            assertThat(header(other, "Access-Control-Allow-Origin")).isEmpty();
            assertThat(header(other, "Vary")).contains("Origin");
        }
    }

    @Test
    void the_origins_of_the_setting_hold_for_apis_without_a_policy_and_for_requests_without_an_api() throws Exception {
        try (GatewayFixture gateway =
                GatewayFixture.start(folder, Map.of("STOA_CORS__ALLOWED_ORIGINS", PAGE), Clock.systemUTC())) {
            assertThat(gateway.send(preflight(gateway, PAGE, "GET", "")).statusCode())
                    .isEqualTo(204);
            HttpResponse<String> absent =
                    gateway.send(gateway.request("/apis/absent").header("Origin", PAGE));
            assertThat(absent.statusCode()).isEqualTo(404);
            assertThat(header(absent, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            gateway.policy("own-pages", "cors", "{\"allowed_origins\":[\"https://other.example.com\"]}", ofOwn());
            HttpResponse<String> ofPolicy =
                    gateway.send(gateway.as("ann", "/apis/own/x").header("Origin", PAGE));
            assertThat(header(ofPolicy, "Access-Control-Allow-Origin")).isEmpty();
        }
    }

    @Test
    void a_rate_limit_refuses_the_call_too_many_of_each_principal() throws Exception {
        SettableClock clock = new SettableClock(Instant.now());
        try (GatewayFixture gateway = GatewayFixture.start(folder, Map.of(), clock)) {
            gateway.policy("two", "rate_limit", "{\"limit\":2,\"window\":\"1m\"}", ofOwn());
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> good = gateway.send(gateway.as("ann", "/apis/own/x"));
                assertThat(good.statusCode()).isEqualTo(200);
                assertThat(header(good, "X-RateLimit-Remaining")).isEqualTo(Integer.toString(1 - i));
                assertThat(header(good, "X-RateLimit-Limit")).isEqualTo("2");
            }
            HttpResponse<String> third = gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.body()).contains("policy limit of 2 requests in 60 s");
            assertThat(Long.parseLong(header(third, "Retry-After"))).isBetween(1L, 61L);
            assertThat(header(third, "X-RateLimit-Remaining")).isEqualTo("0");
            RecordedDecision record = gateway.record(third);
            assertThat(record.text("rule")).isEqualTo("policy two");
            assertThat(record.text("policy_version")).matches("[1-9][0-9]*");
            assertThat(gateway.send(gateway.as("bob", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
            clock.advance(Duration.ofSeconds(62));
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_policy_in_shadow_mode_is_counted_and_recorded_and_changes_nothing() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            String shadow = ofOwn() + ",\"mode\":\"shadow\"";
            gateway.policy("none-in", "ip_filter", "{\"deny\":[\"127.0.0.0/8\"]}", shadow);
            gateway.policy("one", "rate_limit", "{\"limit\":1}", shadow);
            gateway.policy(
                    "mark", "transform", "{\"response\":{\"set\":[{\"name\":\"X-Mark\",\"value\":\"1\"}]}}", shadow);
            gateway.policy("pages", "cors", "{\"allowed_origins\":[\"" + PAGE + "\"]}", shadow);
            gateway.send(gateway.as("ann", "/apis/own/x"));
            HttpResponse<String> second =
                    gateway.send(gateway.as("ann", "/apis/own/x").header("Origin", PAGE));
            assertThat(second.statusCode()).isEqualTo(200);
            assertThat(header(second, "X-Mark")).isEmpty();
            assertThat(header(second, "Access-Control-Allow-Origin")).isEmpty();
            assertThat(header(second, "X-RateLimit-Limit")).isNotEqualTo("1");
            assertThat(gateway.record(second).text("shadow")).isEqualTo("none-in=refuse, one=refuse, mark=change");
            assertThat(gateway.metrics())
                    .contains(
                            "stoa_policy_decisions_total{mode=\"shadow\",outcome=\"refuse\",policy=\"none-in\",type=\"ip_filter\"} 2.0");
        }
    }

    @Test
    void an_address_that_is_denied_stays_denied_whatever_allows_it() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.policy("local", "ip_filter", "{\"allow\":[\"127.0.0.0/8\"]}", ofOwn());
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
            gateway.policy(
                    "local", "ip_filter", "{\"allow\":[\"127.0.0.0/8\"],\"deny\":[\"::ffff:127.0.0.1\"]}", ofOwn());
            HttpResponse<String> denied =
                    gateway.send(gateway.as("ann", "/apis/own/x").header("X-Forwarded-For", "10.1.1.1"));
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(header(denied, "X-Stoa-Refusal")).isEqualTo("policy_denied");
            assertThat(gateway.record(denied).text("rule")).isEqualTo("policy local");
        }
    }

    @Test
    void a_credential_must_be_what_the_policy_asks() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.policy(
                    "deployers", "jwt_validation", "{\"scopes\":[\"stoa:deploy\"],\"roles\":[\"devops\"]}", ofOwn());
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused = gateway.send(gateway.request("/apis/own/x")
                    .header("Authorization", "Bearer " + gateway.token("eve", Role.VIEWER)));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("stoa:deploy");
            gateway.policy("deployers", "jwt_validation", "{\"sender_constrained\":true}", ofOwn());
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void headers_are_set_added_and_removed_on_both_ways() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.policy("headers", "transform", """
                    {"request": {"set": [{"name": "X-Version", "value": "2"}],
                                 "add": [{"name": "X-Trail", "value": "gateway"}],
                                 "remove": ["X-Internal"]},
                     "response": {"set": [{"name": "X-Made-By", "value": "us"}],
                                  "add": [{"name": "Link", "value": "</help>; rel=help"}],
                                  "remove": ["X-Debug"]}}""", ofOwn());
            gateway.backend(exchange -> GatewayFixture.answer(
                    exchange, 200, "x", "X-Made-By", "them", "X-Debug", "stack", "Link", "</a>; rel=next"));
            HttpResponse<String> answer = gateway.send(gateway.as("ann", "/apis/own/x")
                    .header("X_Version", "1")
                    .header("X-Trail", "client")
                    .header("x-internal", "1"));
            GatewayFixture.Heard heard = gateway.heard.getLast();
            assertThat(heard.header("X-Version")).isEqualTo("2");
            assertThat(heard.header("X_Version")).isEmpty();
            assertThat(heard.header("X-Trail")).isEqualTo("client,gateway");
            assertThat(heard.header("X-Internal")).isEmpty();
            assertThat(header(answer, "X-Made-By")).isEqualTo("us");
            assertThat(header(answer, "X-Debug")).isEmpty();
            assertThat(header(answer, "Link")).isEqualTo("</a>; rel=next | </help>; rel=help");
        }
    }

    @Test
    void of_two_policies_of_a_type_the_lower_priority_goes_first_and_then_the_narrower_scope() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            String set = "{\"response\":{\"set\":[{\"name\":\"X-From\",\"value\":\"%s\"}]}}";
            gateway.policy("a-all", "transform", set.formatted("all"), "");
            gateway.policy("b-tenant", "transform", set.formatted("tenant"), ",\"tenant_id\":\"acme\"");
            assertThat(header(gateway.send(gateway.as("ann", "/apis/own/x")), "X-From"))
                    .isEqualTo("tenant");
            gateway.policy("c-api", "transform", set.formatted("api"), ofOwn());
            assertThat(header(gateway.send(gateway.as("ann", "/apis/own/x")), "X-From"))
                    .isEqualTo("api");
            gateway.policy("a-all", "transform", set.formatted("all"), ",\"priority\":50");
            assertThat(header(gateway.send(gateway.as("ann", "/apis/own/x")), "X-From"))
                    .isEqualTo("all");
        }
    }

    @Test
    void policies_stand_again_after_a_restart_and_their_store_is_whole() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.policy("none-in", "ip_filter", "{\"deny\":[\"127.0.0.0/8\"]}", ofOwn());
            assertThat(gateway.adminJson("/admin/health").path("policies_count").intValue())
                    .isEqualTo(1);
        }
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(403);
            assertThat(gateway.admin("DELETE", "/admin/apis/own", "").statusCode())
                    .isEqualTo(409);
            assertThat(gateway.admin("DELETE", "/admin/policies/none-in", "").statusCode())
                    .isEqualTo(204);
            assertThat(gateway.admin("DELETE", "/admin/policies/none-in", "").statusCode())
                    .isEqualTo(404);
            assertThat(gateway.admin("DELETE", "/admin/apis/own", "").statusCode())
                    .isEqualTo(204);
        }
        assertThat(GatewayStore.fsck(folder).sentences()).isEqualTo(List.of());
    }
}
