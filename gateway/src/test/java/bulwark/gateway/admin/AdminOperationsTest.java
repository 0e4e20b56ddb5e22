package bulwark.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.SettableClock;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an operator does with a whole gateway through its admin API, beside routes and policies. */
@Timeout(300)
class AdminOperationsTest {
    @TempDir
    private Path folder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private GatewayFixture gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = GatewayFixture.start(folder, Map.of(), clock);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return StrictJson.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> withKey(String key) throws Exception {
        return gateway.send(gateway.request("/apis/own/x").header("X-API-Key", key));
    }

    @DisplayName("A4: the stats of circuit breakers hold no token")
    @Test
    void a4_the_stats_of_circuit_breakers_hold_no_token() throws Exception {
        HttpResponse<String> stats = gateway.admin("GET", "/admin/circuit-breaker/stats", "");
        assertThat(stats.statusCode()).isEqualTo(200);
        assertThat(stats.body()).doesNotContain(GatewayFixture.ADMIN).doesNotContainIgnoringCase("token");
    }

    @DisplayName("A5, A6: a fresh gateway has no policies and an empty cache")
    @Test
    void a5_a6_a_fresh_gateway_has_no_policies_and_an_empty_cache() throws Exception {
        assertThat(gateway.admin("GET", "/admin/policies", "").body()).isEqualTo("[]");
        JsonNode stats = gateway.adminJson("/admin/cache/stats");
        assertThat(stats.path("hits").longValue()).isZero();
        assertThat(stats.path("misses").longValue()).isZero();
    }

    @DisplayName("P2, P6, P7: breakers are shown once calls went through them and reset by name")
    @Test
    void p2_p6_p7_breakers_are_shown_once_calls_went_through_them_and_reset_by_name() throws Exception {
        gateway.backend(exchange -> GatewayFixture.answer(exchange, 500, "no"));
        gateway.route("other", "acme", ",\"methods\":[\"GET\"]");
        for (int i = 0; i < 3; i++) {
            gateway.send(gateway.as("ann", "/apis/other/x").DELETE());
        }
        assertThat(gateway.admin("GET", "/admin/circuit-breakers", "").body()).isEqualTo("[]");
        for (int i = 0; i < 3; i++) {
            gateway.send(gateway.as("ann", "/apis/own/x"));
        }
        JsonNode breaker = gateway.adminJson("/admin/circuit-breakers").get(0);
        assertThat(breaker.path("name").stringValue()).isEqualTo("own");
        assertThat(breaker.path("state").stringValue()).isEqualTo("closed");
        assertThat(breaker.path("failure_count").longValue()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            gateway.send(gateway.as("ann", "/apis/own/x"));
        }
        HttpResponse<String> reset = gateway.admin("POST", "/admin/circuit-breakers/own/reset", "");
        assertThat(json(reset).path("previous_state").stringValue()).isEqualTo("open");
        assertThat(json(reset).path("new_state").stringValue()).isEqualTo("closed");
        assertThat(gateway.admin("POST", "/admin/circuit-breakers/absent/reset", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(gateway.admin("POST", "/admin/circuit-breaker/reset", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void the_cache_is_shown_and_cleared() throws Exception {
        gateway.policy("kept", "caching", "{\"ttl\":\"1m\"}", ",\"api_id\":\"own\"");
        gateway.send(gateway.as("ann", "/apis/own/x"));
        gateway.send(gateway.as("ann", "/apis/own/x"));
        JsonNode stats = gateway.adminJson("/admin/cache/stats");
        assertThat(stats.path("hits").longValue()).isEqualTo(1);
        assertThat(stats.path("misses").longValue()).isEqualTo(1);
        assertThat(stats.path("entries").longValue()).isEqualTo(1);
        assertThat(stats.path("bytes").longValue()).isPositive();
        assertThat(json(gateway.admin("POST", "/admin/cache/clear", ""))
                        .path("removed")
                        .longValue())
                .isEqualTo(1);
        gateway.send(gateway.as("ann", "/apis/own/x"));
        assertThat(gateway.heard).hasSize(2);
    }

    @DisplayName("Q9: a quota is shown and reset and an unknown consumer is 404")
    @Test
    void q9_a_quota_is_shown_and_reset_and_an_unknown_consumer_is_404() throws Exception {
        gateway.send(gateway.as("ann", "/apis/own/x"));
        JsonNode used = gateway.adminJson("/admin/quotas/sub:ann");
        assertThat(used.path("daily_used").longValue()).isEqualTo(1);
        assertThat(gateway.adminJson("/admin/quotas").path("total").longValue()).isEqualTo(1);
        assertThat(gateway.admin("POST", "/admin/quotas/sub:ann/reset", "").statusCode())
                .isEqualTo(200);
        assertThat(gateway.adminJson("/admin/quotas/sub:ann").path("daily_used").longValue())
                .isZero();
        assertThat(gateway.admin("POST", "/admin/quotas/sub:eve/reset", "").statusCode())
                .isEqualTo(404);
        assertThat(gateway.admin("GET", "/admin/quotas/sub:eve", "").statusCode())
                .isEqualTo(404);
    }

    @DisplayName("T3, T4, T5: an api key is shown once rotated with grace suspended and revoked")
    @Test
    void t3_t4_t5_an_api_key_is_shown_once_rotated_with_grace_suspended_and_revoked() throws Exception {
        String order =
                "{\"subscription_id\":\"sub-1\",\"subject\":\"app-1\",\"tenant_id\":\"acme\",\"roles\":[\"devops\"]}";
        HttpResponse<String> made = gateway.admin("POST", "/admin/api-keys", order);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String key = json(made).path("api_key").stringValue();
        assertThat(withKey(key).statusCode()).isEqualTo(200);
        assertThat(gateway.admin("POST", "/admin/api-keys", order).statusCode()).isEqualTo(409);
        HttpResponse<String> list = gateway.admin("GET", "/admin/api-keys", "");
        assertThat(list.body()).contains("\"status\":\"active\"").doesNotContain(key);

        HttpResponse<String> rotated =
                gateway.admin("POST", "/admin/api-keys/sub-1/rotate", "{\"grace_period_hours\":1}");
        String fresh = json(rotated).path("new_api_key").stringValue();
        JsonNode info = gateway.adminJson("/admin/api-keys/sub-1");
        assertThat(info.path("has_previous_key").booleanValue()).isTrue();
        assertThat(info.path("rotation_count").intValue()).isEqualTo(1);
        assertThat(fresh).startsWith(info.path("api_key_prefix").stringValue());
        assertThat(withKey(key).statusCode()).as("in grace").isEqualTo(200);
        assertThat(withKey(fresh).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(61));
        assertThat(withKey(key).statusCode()).as("after grace").isEqualTo(401);
        assertThat(withKey(fresh).statusCode()).isEqualTo(200);

        gateway.admin("POST", "/admin/api-keys/sub-1/suspend", "");
        assertThat(withKey(fresh).statusCode()).isEqualTo(401);
        gateway.admin("POST", "/admin/api-keys/sub-1/reactivate", "");
        assertThat(withKey(fresh).statusCode()).isEqualTo(200);
        assertThat(gateway.admin("DELETE", "/admin/api-keys/sub-1", "").statusCode())
                .isEqualTo(204);
        assertThat(withKey(fresh).statusCode()).isEqualTo(401);
        assertThat(gateway.admin("DELETE", "/admin/api-keys/absent", "").statusCode())
                .isEqualTo(404);
        HttpResponse<String> bad = gateway.admin(
                "POST", "/admin/api-keys", "{\"subscription_id\":\"\",\"roles\":[\"king\"],\"colour\":1}");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(bad.body()).contains("subscription_id", "subject", "tenant_id", "roles[0]", "colour");
        assertThat(gateway.admin("POST", "/admin/api-keys/sub-1/rotate", "{\"grace_period_hours\":0}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_revoked_subject_is_out_until_the_order_is_taken_back() throws Exception {
        assertThat(gateway.send(gateway.as("eve", "/apis/own/x")).statusCode()).isEqualTo(200);
        HttpResponse<String> order = gateway.admin("POST", "/admin/revocations", "{\"sub\":\"eve\"}");
        assertThat(order.statusCode()).as(order.body()).isEqualTo(201);
        assertThat(gateway.send(gateway.as("eve", "/apis/own/x")).statusCode()).isEqualTo(401);
        assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode()).isEqualTo(200);
        assertThat(gateway.admin("GET", "/admin/revocations", "").body()).contains("\"sub\":\"eve\"");
        assertThat(gateway.admin("DELETE", "/admin/revocations?sub=eve", "").statusCode())
                .isEqualTo(204);
        assertThat(gateway.admin("DELETE", "/admin/revocations?sub=eve", "").statusCode())
                .isEqualTo(404);
        assertThat(gateway.send(gateway.as("eve", "/apis/own/x")).statusCode()).isEqualTo(200);
        assertThat(gateway.admin("DELETE", "/admin/revocations", "").statusCode())
                .isEqualTo(400);
        for (String bad : new String[] {
            "{}",
            "{\"sub\":\"a\",\"jti\":\"b\"}",
            "{\"sub\":\"a\",\"until\":\"yesterday\"}",
            "{\"sub\":\"a\",\"until\":\"2001-01-01T00:00:00Z\"}",
            "[]",
            "{\"sub\":1}"
        }) {
            assertThat(gateway.admin("POST", "/admin/revocations", bad).statusCode())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void a_call_is_explained_by_its_trace_and_refusals_are_counted() throws Exception {
        gateway.policy("none-in", "ip_filter", "{\"deny\":[\"127.0.0.1\"]}", ",\"api_id\":\"own\"");
        HttpResponse<String> refused = gateway.send(gateway.as("ann", "/apis/own/x"));
        gateway.record(refused);
        String trace = refused.headers().firstValue("X-Stoa-Trace-Id").orElseThrow();
        JsonNode call =
                gateway.adminJson("/admin/diagnostics/" + trace).path("calls").get(0);
        assertThat(call.path("explanation").toString()).contains("by the rule policy none-in");
        assertThat(gateway.adminJson("/admin/diagnostics/summary")
                        .path("refused_by_rule")
                        .toString())
                .contains("policy none-in");
        assertThat(gateway.adminJson("/admin/diagnostic").path("policies").intValue())
                .isEqualTo(1);
        assertThat(gateway.admin("GET", "/admin/diagnostics/absent", "").statusCode())
                .isEqualTo(404);
        assertThat(gateway.admin("POST", "/admin/routes/reload", "").statusCode())
                .isEqualTo(409);
        assertThat(gateway.adminJson("/admin/mtls/stats").path("no_cert").longValue())
                .isZero();
        assertThat(gateway.adminJson("/admin/mtls/config").path("enabled").booleanValue())
                .isFalse();
    }

    @DisplayName("C11: the metadata of the resource is public and names what challenges name")
    @Test
    void c11_the_metadata_of_the_resource_is_public_and_names_what_challenges_name() throws Exception {
        HttpResponse<String> metadata = gateway.send(gateway.request("/.well-known/oauth-protected-resource"));
        assertThat(metadata.statusCode()).isEqualTo(200);
        assertThat(json(metadata).path("resource").stringValue()).isEqualTo("http://localhost:8080");
        assertThat(json(metadata).path("bearer_methods_supported").get(0).stringValue())
                .isEqualTo("header");
        assertThat(json(metadata).path("scopes_supported").toString()).contains("stoa:read");
        HttpResponse<String> unknown = gateway.send(gateway.request("/apis/own/x"));
        assertThat(unknown.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("http://localhost:8080/.well-known/oauth-protected-resource");
    }

    @Test
    void the_document_of_the_api_is_openapi_and_names_what_is_served() throws Exception {
        JsonNode document = gateway.adminJson("/admin/openapi.json");
        assertThat(document.path("openapi").stringValue()).isEqualTo("3.1.0");
        int operations = 0;
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                operations++;
                String url = path.getKey().replaceAll("\\{[a-z_]+}", "absent");
                String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
                HttpResponse<String> answer = gateway.admin(method, url, "");
                assertThat(operation.getValue().path("responses").has(Integer.toString(answer.statusCode())))
                        .as(method + " " + url + " answered " + answer.statusCode())
                        .isTrue();
                assertThat(answer.statusCode()).as(method + " " + url).isNotIn(405, 500);
            }
        }
        assertThat(operations).isGreaterThan(40);
        assertThat(document.toString()).doesNotContain("\"$ref\":\"#/components/schemas/null");
    }
}
