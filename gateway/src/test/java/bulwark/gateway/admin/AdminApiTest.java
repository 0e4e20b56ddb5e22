package bulwark.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.GatewaySettings;
import bulwark.gateway.route.RouteMatch;
import bulwark.gateway.route.TargetPath;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rows A1 to A13 of the specification, and what stands around them. */
class AdminApiTest {
    @TempDir
    private Path folder;

    private static AddressGuard publicGuard() throws Exception {
        InetAddress address = InetAddress.getByAddress(new byte[] {93, (byte) 184, (byte) 216, 34});
        return new AddressGuard(
                name -> List.of(address), new AddressPolicy(List.of(), Set.of(), Set.of(), "CIDRS", "HOSTS", "PORTS"));
    }

    static Map<String, Object> route(String id, String prefix) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("path_prefix", prefix);
        fields.put("backend_url", "https://api.example.com/v1");
        return fields;
    }

    private static JsonNode json(HttpResponse<String> response) {
        return StrictJson.parse(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @DisplayName("A1: without a token configured every call is 503")
    @Test
    void a1_without_a_token_configured_every_call_is_503() throws Exception {
        try (AdminFixture admin = AdminFixture.startWithoutToken(folder)) {
            for (String bearer : new String[] {null, "Bearer whatever", "Basic YTpi"}) {
                HttpResponse<String> answer = admin.call("GET", "/admin/health", "", bearer);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("Admin API disabled - no admin_api_token configured");
            }
        }
    }

    @DisplayName("A2: no token or a wrong one is 401 without a word")
    @Test
    void a2_no_token_or_a_wrong_one_is_401_without_a_word() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            for (String wrong : new String[] {
                null,
                "Bearer wrong",
                "",
                "Basic " + AdminFixture.TOKEN,
                "Bearer " + AdminFixture.TOKEN.toUpperCase(java.util.Locale.ROOT),
                "Bearer " + AdminFixture.TOKEN + "x",
                "Bearer"
            }) {
                HttpResponse<String> answer = admin.call("GET", "/admin/health", "", wrong);
                assertThat(answer.statusCode()).as(String.valueOf(wrong)).isEqualTo(401);
                assertThat(answer.body()).isEmpty();
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
            assertThat(admin.get("/admin/health").statusCode()).isEqualTo(200);
        }
    }

    @DisplayName("A3: health tells nothing secret")
    @Test
    void a3_health_tells_nothing_secret() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            HttpResponse<String> answer = admin.get("/admin/health");
            assertThat(json(answer).path("status").stringValue()).isEqualTo("ok");
            assertThat(json(answer).path("version").stringValue()).isNotEmpty();
            assertThat(answer.body().toLowerCase(java.util.Locale.ROOT))
                    .doesNotContain("token", "secret", "password", "key", "credential");
            assertThat(answer.headers().allValues("X-Frame-Options")).containsExactly("DENY");
            assertThat(answer.headers().allValues("X-XSS-Protection")).containsExactly("0");
        }
    }

    @DisplayName("A5: fresh lists are empty")
    @Test
    void a5_fresh_lists_are_empty() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            assertThat(admin.get("/admin/apis").body()).isEqualTo("[]");
        }
    }

    @DisplayName("A7: every fault of an api is told at once")
    @Test
    void a7_every_fault_of_an_api_is_told_at_once() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            HttpResponse<String> answer = admin.post(
                    "/admin/apis",
                    "{\"id\":\"\",\"path_prefix\":\"apis\",\"backend_url\":\"https://api.example.com\"}");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).path("status").stringValue()).isEqualTo("error");
            assertThat(json(answer).path("errors").values().stream().map(JsonNode::stringValue))
                    .containsExactly("id must not be empty", "path_prefix must start with '/'");
            assertThat(admin.get("/admin/apis").body()).isEqualTo("[]");
        }
    }

    @DisplayName("A8, A9: an api is stored replaced shown and removed")
    @Test
    void a8_a9_an_api_is_stored_replaced_shown_and_removed() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            HttpResponse<String> made = admin.post("/admin/apis", route("orders", "/apis/orders"));
            assertThat(made.statusCode()).isEqualTo(201);
            assertThat(json(made).path("id").stringValue()).isEqualTo("orders");
            assertThat(json(made).path("deployment_id").stringValue()).isNotEmpty();
            assertThat(admin.published.table().match("GET", TargetPath.of("/apis/orders/7")))
                    .isInstanceOf(RouteMatch.Found.class);
            assertThat(admin.post("/admin/apis", route("orders", "/apis/orders"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(json(admin.get("/admin/apis/orders")).path("path_prefix").stringValue())
                    .isEqualTo("/apis/orders");
            assertThat(admin.delete("/admin/apis/orders").statusCode()).isEqualTo(204);
            assertThat(admin.delete("/admin/apis/orders").statusCode()).isEqualTo(404);
            assertThat(admin.get("/admin/apis/orders").statusCode()).isEqualTo(404);
            assertThat(admin.published.table().match("GET", TargetPath.of("/apis/orders/7")))
                    .isInstanceOf(RouteMatch.NotFound.class);
        }
    }

    @DisplayName("A11: a burst over the limit is 429 whoever sends it")
    @Test
    void a11_a_burst_over_the_limit_is_429_whoever_sends_it() throws Exception {
        try (AdminFixture admin = AdminFixture.startLimited(folder, 3)) {
            for (int i = 0; i < 3; i++) {
                assertThat(admin.get("/admin/health").statusCode()).isEqualTo(200);
                assertThat(admin.call("GET", "/admin/health", "", i == 0 ? null : "Bearer guess")
                                .statusCode())
                        .isEqualTo(401);
            }
            assertThat(admin.call("GET", "/admin/health", "", "Bearer guess").statusCode())
                    .isEqualTo(429);
            HttpResponse<String> answer = admin.get("/admin/health");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(json(answer))
                    .isEqualTo(StrictJson.parse("{\"status\":\"error\",\"message\":\"Admin API rate limit exceeded\"}"
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            assertThat(answer.headers().map())
                    .containsKeys("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after");
        }
    }

    @Test
    void calls_without_the_token_take_nothing_from_those_with_it() throws Exception {
        try (AdminFixture admin = AdminFixture.startLimited(folder, 20)) {
            int limited = 0;
            for (int i = 0; i < 500; i++) {
                HttpResponse<String> bad = admin.call("GET", "/admin/apis", "", i % 2 == 0 ? null : "Bearer guess");
                limited += bad.statusCode() == 429 ? 1 : 0;
            }
            assertThat(limited).isEqualTo(480);
            assertThat(admin.get("/admin/apis").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void of_two_sets_that_are_applied_at_once_one_stands_whole() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            for (int round = 0; round < 20; round++) {
                long generation = admin.registry.generation();
                CyclicBarrier barrier = new CyclicBarrier(2);
                List<Integer> statuses = new CopyOnWriteArrayList<>();
                List<Thread> threads = new ArrayList<>();
                for (String name : List.of("one-" + round, "two-" + round)) {
                    Map<String, Object> body =
                            Map.of("expected_generation", generation, "routes", List.of(route(name, "/" + name)));
                    threads.add(Thread.startVirtualThread(() -> {
                        try {
                            barrier.await();
                            statuses.add(admin.post("/admin/apis/apply", body).statusCode());
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(statuses).containsExactlyInAnyOrder(200, 409);
                assertThat(admin.registry.generation()).isEqualTo(generation + 1);
                assertThat(admin.registry.routes()).hasSize(1);
            }
        }
    }

    @DisplayName("A12: every call leaves one row with action actor and outcome")
    @Test
    void a12_every_call_leaves_one_row_with_action_actor_and_outcome() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            admin.get("/admin/health");
            admin.post("/admin/apis", route("a", "/a"));
            admin.post("/admin/apis", "{}");
            admin.get("/admin/apis/none");
            admin.delete("/admin/apis/a");
            admin.call("DELETE", "/admin/apis/a", "", "Bearer guess");
            admin.call("GET", "/admin/nothing", "", null);
            List<String> rows = admin.calls().stream()
                    .map(row -> row.path("action").stringValue() + " "
                            + row.path("outcome").stringValue())
                    .toList();
            assertThat(rows)
                    .containsExactlyInAnyOrder(
                            "health.read success",
                            "apis.upsert success",
                            "apis.upsert failure",
                            "apis.read failure",
                            "apis.delete success",
                            "apis.delete denied",
                            "unknown.read denied");
        }
        assertThat(GatewayStore.fsck(folder.resolve("state")).sentences()).isEmpty();
    }

    @Test
    void paths_that_no_route_has_make_no_series_of_their_own() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            for (int i = 0; i < 1_000; i++) {
                String letters =
                        Integer.toString(i, 26).replaceAll("[0-9]", "q$0").replaceAll("[0-9]", "x");
                admin.call("GET", "/admin/" + letters + "-" + "y".repeat(1 + i % 30), "", null);
            }
            admin.call("GET", "/admin/apis", "", null);
            assertThat(admin.metrics.scrape().lines().filter(line -> line.startsWith("stoa_admin_calls_total{")))
                    .containsExactlyInAnyOrder(
                            "stoa_admin_calls_total{action=\"unknown.read\",outcome=\"denied\"} 1000.0",
                            "stoa_admin_calls_total{action=\"apis.read\",outcome=\"denied\"} 1.0");
        }
    }

    @DisplayName("A13: the previous token counts while it is set")
    @Test
    void a13_the_previous_token_counts_while_it_is_set() throws Exception {
        String former = "the-admin-token-before-this-one-012345";
        try (AdminFixture admin =
                AdminFixture.start(folder, publicGuard(), Map.of("STOA_ADMIN_API_TOKEN_PREVIOUS", former))) {
            assertThat(admin.call("GET", "/admin/health", "", "Bearer " + former)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(admin.get("/admin/health").statusCode()).isEqualTo(200);
        }
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            assertThat(admin.call("GET", "/admin/health", "", "Bearer " + former)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_short_token_or_a_previous_one_alone_forbids_the_start() {
        assertThatThrownBy(() -> Configuration.read(
                        GatewaySettings.schema(),
                        Map.of(
                                "STOA_ADMIN_API_TOKEN",
                                "short",
                                "STOA_SSRF__ALLOWED_CIDRS",
                                "10.0.0.1/8, 169.254.0.0/16"),
                        folder))
                .isInstanceOfSatisfying(
                        ConfigurationRefused.class,
                        refused -> assertThat(refused.sentences())
                                .anySatisfy(s -> assertThat(s).startsWith("STOA_ADMIN_API_TOKEN has fewer than 32"))
                                .anySatisfy(s ->
                                        assertThat(s).startsWith("STOA_SSRF__ALLOWED_CIDRS: '10.0.0.1/8' has bits")));
        assertThatThrownBy(() -> Configuration.read(
                        GatewaySettings.schema(),
                        Map.of(
                                "STOA_ADMIN_API_TOKEN_PREVIOUS",
                                AdminFixture.TOKEN,
                                "STOA_SSRF__ALLOWED_CIDRS",
                                "169.254.0.0/16"),
                        folder))
                .isInstanceOfSatisfying(
                        ConfigurationRefused.class,
                        refused -> assertThat(refused.sentences())
                                .anySatisfy(s -> assertThat(s).startsWith("STOA_ADMIN_API_TOKEN_PREVIOUS is set"))
                                .anySatisfy(s -> assertThat(s).contains("169.254.0.0/16", "never connected to")));
    }

    @Test
    void apply_is_whole_or_nothing_and_removes_the_last_api_too() throws Exception {
        try (AdminFixture admin = AdminFixture.start(folder, publicGuard())) {
            assertThat(admin.post("/admin/apis/apply", Map.of("routes", List.of(route("a", "/a"), route("b", "/b"))))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> faulty = admin.post(
                    "/admin/apis/apply",
                    Map.of("routes", List.of(route("c", "/c"), route("d", "/admin"), route("", "/e"))));
            assertThat(faulty.statusCode()).isEqualTo(400);
            assertThat(faulty.body())
                    .contains("routes[1].path_prefix must not begin with /admin", "routes[2].id must not be empty");
            HttpResponse<String> both =
                    admin.post("/admin/apis/apply", Map.of("routes", List.of(route("c", "/c"), route("d", "/c"))));
            assertThat(both.statusCode()).isEqualTo(400);
            assertThat(both.body()).contains("The routes c and d both take requests at /c");
            assertThat(admin.registry.routes()).extracting(r -> r.id()).containsExactly("a", "b");
            HttpResponse<String> late =
                    admin.post("/admin/apis/apply", Map.of("expected_generation", 0, "routes", List.of()));
            assertThat(late.statusCode()).isEqualTo(409);
            HttpResponse<String> none =
                    admin.post("/admin/apis/apply", Map.of("expected_generation", 1, "routes", List.of()));
            assertThat(none.statusCode()).isEqualTo(200);
            assertThat(json(none).path("removed").values().stream().map(JsonNode::stringValue))
                    .containsExactly("a", "b");
            assertThat(admin.get("/admin/apis").body()).isEqualTo("[]");
        }
    }
}
