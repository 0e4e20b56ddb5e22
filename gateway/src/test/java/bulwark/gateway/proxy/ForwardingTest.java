package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.ScriptedUpstream.Request;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {
    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void a_call_reaches_its_backend_with_the_clients_bytes_and_the_gateways_own_lines() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("hello"))) {
            plane.routes(TestPlane.route("r1", "/apis/orders", upstream.url() + "/v1"));

            Answer answer = plane.get("/apis/orders/a%20b?x=1&y=%2F", "Accept: text/plain", "X-Own: 1");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            FiveHeaders.assertIn(answer);
            assertThat(answer.value("Via")).isEqualTo("1.1 stoa");
            assertThat(answer.value("X-Stoa-Timing")).matches("gw=\\d+\\.\\d\\d;hops=1");
            assertThat(answer.value("traceparent")).contains(answer.value("X-Stoa-Trace-Id"));
            Request request = upstream.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /v1/a%20b?x=1&y=%2F HTTP/1.1");
            assertThat(request.values("Host")).containsExactly("127.0.0.1:" + upstream.port());
            assertThat(request.values("X-Own")).containsExactly("1");
            assertThat(request.values("Via")).containsExactly("1.1 stoa");
            assertThat(request.values("X-Forwarded-For")).containsExactly("127.0.0.1");
            assertThat(request.values("X-Forwarded-Proto")).containsExactly("http");
            assertThat(request.values("X-Forwarded-Host")).containsExactly("gateway.test");
            assertThat(request.has("Connection")).isFalse();
        }
    }

    @DisplayName("P9: a prefix ends where a segment ends")
    @Test
    void a_prefix_ends_where_a_segment_ends() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(TestPlane.route("r1", "/apis/foo", upstream.url()));

            assertThat(plane.get("/apis/foobar").status()).isEqualTo(404);
            assertThat(plane.get("/apis/foo").status()).isEqualTo(200);
            assertThat(plane.get("/apis/foo?q").status()).isEqualTo(200);
            assertThat(upstream.requests())
                    .extracting(Request::line)
                    .containsExactly("GET / HTTP/1.1", "GET /?q HTTP/1.1");
        }
    }

    @DisplayName("P10: an ambiguous path is 400")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/apis/foo/../admin",
                "/apis/foo/%2e%2e/admin",
                "/apis/foo%2fbar",
                "/apis//foo",
                "/apis/foo%00",
                "/apis/foo\\bar",
                "*"
            })
    void an_ambiguous_path_is_400(String path) {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);

            Answer answer = plane.get(path);

            assertThat(answer.status()).isEqualTo(400);
            FiveHeaders.assertIn(answer);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @DisplayName("P1: routing refusals have their texts")
    @Test
    void routing_refusals_have_their_texts() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(
                    TestPlane.route(
                            "off",
                            "/off",
                            upstream.url(),
                            Set.of(),
                            false,
                            List.of(),
                            Balancing.RANDOM,
                            false,
                            TestPlane.TIMEOUTS),
                    TestPlane.route(
                            "get",
                            "/get",
                            upstream.url(),
                            Set.of("GET"),
                            true,
                            List.of(),
                            Balancing.RANDOM,
                            false,
                            TestPlane.TIMEOUTS));

            assertThat(plane.get("/off").body()).isEqualTo("API not activated");
            Answer refused = WireClient.exchange(plane.port, TestPlane.request("POST", "/get"));
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.body()).isEqualTo("Method not allowed for this API");
            assertThat(refused.value("Allow")).isEqualTo("GET");
            assertThat(plane.upstreams.breakers()).isEmpty();
        }
    }

    @Test
    void connections_to_backends_are_kept_and_used_again() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"));
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(TestPlane.request("GET", "/").repeat(10));

            for (int i = 0; i < 10; i++) {
                assertThat(client.answer().body()).isEqualTo("x");
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void routes_of_one_tenant_share_the_connections_to_one_backend_and_tenants_do_not() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(
                    TestPlane.route("a", "/a", upstream.url()),
                    TestPlane.route("b", "/b", upstream.url() + "/below"),
                    TestPlane.route("other", "tenant-b", "/other", upstream.url(), UpstreamHttp.AUTO));

            assertThat(plane.get("/a").body()).isEqualTo("x");
            assertThat(plane.get("/b").body()).isEqualTo("x");
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(plane.get("/other").body()).isEqualTo("x");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_private_backend_is_403_and_never_dialled() {
        try (TestPlane own = new TestPlane(TestPlane.open(), List.of());
                ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            own.routes(
                    TestPlane.route("a", "/a", upstream.url()),
                    TestPlane.route("b", "/b", "http://localhost:" + upstream.port()),
                    TestPlane.route("c", "/c", "http://[::ffff:127.0.0.1]:" + upstream.port()));

            for (String path : List.of("/a", "/b", "/c")) {
                Answer answer = own.get(path);
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("Backend URL blocked: private/internal IP range");
                FiveHeaders.assertIn(answer);
            }
            assertThat(upstream.connections()).isZero();
        }
    }

    @Test
    void a_stopping_plane_answers_what_is_under_way() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    release.await();
                    exchange.send(ScriptedUpstream.ok("late"));
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(TestPlane.request("GET", "/"));
            Awaitility.await().until(() -> upstream.requests().size() == 1);
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> plane.plane.drain(Duration.ofSeconds(20)));
            Awaitility.await().until(plane.plane::isDraining);
            release.countDown();

            Answer answer = client.answer();
            assertThat(answer.body()).isEqualTo("late");
            assertThat(answer.value("Connection")).isEqualTo("close");
            assertThat(drained.get()).isTrue();
        }
    }

    @DisplayName("X28: a name without an address is an upstream out of reach and not a forbidden one")
    @Test
    void a_name_without_an_address_is_an_upstream_out_of_reach_and_not_a_forbidden_one() {
        plane.routes(TestPlane.route("r1", "/", "http://nowhere.example.com"));

        Answer answer = plane.get("/");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.value("X-Stoa-Refusal")).isEqualTo("connect_failed");
    }
}
