package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.ScriptedUpstream.Request;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Balancing;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
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
    void reserved_names_never_come_from_a_client_in_any_spelling() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);

            plane.get(
                    "/",
                    "X-User-Id: evil",
                    "x_user_id: evil",
                    "X.User.Roles: evil",
                    "X-Tenant-ID: evil",
                    "X_Tenant_ID: evil",
                    "X-SSL-Client-Cert: evil",
                    "X-Authenticated-Userid: evil",
                    "X-Forwarded-For: 6.6.6.6",
                    "X_Forwarded-Proto: evil",
                    "Forwarded: for=evil",
                    "Authorization: Bearer evil",
                    "X-API-Key: evil",
                    "x_api_key: evil",
                    "Proxy: evil",
                    "TE: evil",
                    "Keep-Alive: evil");

            assertThat(upstream.requests().getFirst().head())
                    .noneMatch(line -> line.contains("evil") || line.contains("6.6.6.6"));
        }
    }

    @Test
    void credentials_reach_the_backend_only_where_the_route_says_so() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(TestPlane.route(
                    "r", "/", upstream.url(), Set.of(), true, List.of(), Balancing.RANDOM, true, TestPlane.TIMEOUTS));

            plane.get("/", "Authorization: Bearer mine", "X-API-Key: key");

            assertThat(upstream.requests().getFirst().values("Authorization")).containsExactly("Bearer mine");
            assertThat(upstream.requests().getFirst().values("X-API-Key")).containsExactly("key");
        }
    }

    @Test
    void what_a_client_names_in_connection_removes_its_own_lines_and_never_ours() {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            call.addBackendField("X-User-ID", "u1");
            call.addAnswerField("X-RateLimit-Limit", "60");
            return StageResult.PASS;
        });
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(
                        "HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 5\r\nContent-Length: 0\r\n\r\n")) {
            own.to(upstream);

            Answer answer = own.get(
                    "/", "Connection: X-Secret, X-User-ID, Via, X_Other", "X-Secret: s", "X-Other: o", "X-Kept: k");

            Request request = upstream.requests().getFirst();
            assertThat(request.has("X-Secret")).isFalse();
            assertThat(request.has("X-Other")).isFalse();
            assertThat(request.values("X-Kept")).containsExactly("k");
            assertThat(request.values("X-User-ID")).containsExactly("u1");
            assertThat(request.values("Via")).containsExactly("1.1 stoa");
            assertThat(answer.values("X-RateLimit-Limit")).containsExactly("60");
        }
    }

    @Test
    void a_backend_does_not_set_the_five_headers_and_does_not_name_its_software() {
        String answer =
                "HTTP/1.1 200 OK\r\nX-Frame-Options: ALLOWALL\r\nx_frame_options: ALLOWALL\r\nServer: x/1.2\r\nX-Powered-By: y\r\n"
                        + "Connection: X-Hop\r\nX-Hop: h\r\nKeep-Alive: timeout=5\r\nX-Mine: m\r\nContent-Length: 1\r\n\r\nx";
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(answer)) {
            plane.to(upstream);

            Answer got = plane.get("/");

            FiveHeaders.assertIn(got);
            assertThat(got.values("X-Mine")).containsExactly("m");
            assertThat(got.has("X-Hop")).isFalse();
            assertThat(got.has("Keep-Alive")).isFalse();
            assertThat(got.has("x_frame_options")).isFalse();
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
    void bodies_pass_in_both_directions() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(
                exchange -> exchange.send(ScriptedUpstream.ok(exchange.request().body())))) {
            plane.to(upstream);
            String body = "0123456789".repeat(30_000);

            assertThat(WireClient.exchange(
                                    plane.port,
                                    TestPlane.request("POST", "/", "Content-Length: " + body.length()) + body)
                            .body())
                    .isEqualTo(body);
            assertThat(WireClient.exchange(
                                    plane.port,
                                    TestPlane.request("PUT", "/", "Transfer-Encoding: chunked")
                                            + "5;ext\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\nX-User-Id: evil\r\n\r\n")
                            .body())
                    .isEqualTo("hello![X-Sum: 1]");
        }
    }

    @Test
    void chunks_of_a_backend_are_passed_with_their_trailers() {
        String answer =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 9\r\nContent-Length: 1\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(answer)) {
            plane.to(upstream);

            assertThat(plane.get("/").body()).isEqualTo("abcde[X-Sum: 9]");
            assertThat(WireClient.exchange(plane.port, "GET / HTTP/1.0\r\n\r\n").body())
                    .isEqualTo("abcde");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void an_answer_that_ends_with_its_connection_is_passed_in_chunks() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\n\r\nall of it");
            exchange.close();
        })) {
            plane.to(upstream);

            assertThat(plane.get("/").body()).isEqualTo("all of it");
        }
    }

    @Test
    void head_and_answers_without_a_body_have_none() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                        exchange.request().line().startsWith("HEAD")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
                                : "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\n"));
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);

            assertThat(client.send(TestPlane.request("HEAD", "/")).answer(true).value("Content-Length"))
                    .isEqualTo("100");
            assertThat(client.send(TestPlane.request("GET", "/")).answer().status())
                    .isEqualTo(304);
            assertThat(client.send(TestPlane.request("HEAD", "/")).answer(true).status())
                    .isEqualTo(200);
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void an_expectation_is_answered_by_the_backend() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
                    exchange.send(ScriptedUpstream.ok(
                            new String(exchange.socket().getInputStream().readNBytes(3))));
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(TestPlane.request("POST", "/", "Expect: 100-continue", "Content-Length: 3"));

            assertThat(client.head().status()).isEqualTo(100);
            assertThat(client.send("abc").answer().body()).isEqualTo("abc");
        }
    }

    @Test
    void each_event_of_a_stream_is_sent_on_at_once_and_silence_is_no_fault() {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
                    seen.await();
                    exchange.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
                });
                WireClient client = new WireClient(plane.port)) {
            plane.routes(TestPlane.route(
                    "r",
                    "/",
                    upstream.url(),
                    Set.of(),
                    true,
                    List.of(),
                    Balancing.RANDOM,
                    false,
                    new bulwark.gateway.route.ApiRoute.Timeouts(
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(20),
                            Duration.ofMillis(200),
                            Duration.ofMillis(600))));
            client.send(TestPlane.request("GET", "/"));
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(client.line()).isEqualTo("9");
            assertThat(client.read(9)).isEqualTo("data: 1\n\n");
            // Longer than idle and total: the test's own client would end its connection in this time, were it idle.
            Awaitility.await().pollDelay(Duration.ofMillis(900)).until(() -> true);
            seen.countDown();
            client.line();
            assertThat(client.line()).isEqualTo("9");
            assertThat(client.read(9)).isEqualTo("data: 2\n\n");
        }
    }

    @Test
    void a_websocket_passes_and_another_upgrade_is_not_asked_for() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (!exchange.request().has("Upgrade")) {
                        exchange.send(ScriptedUpstream.ok("plain"));
                        return;
                    }
                    exchange.send(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\nhi");
                    exchange.send(new String(exchange.socket().getInputStream().readNBytes(4)));
                    exchange.close();
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(
                    TestPlane.request("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"));
            Answer head = client.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.value("Upgrade")).isEqualTo("websocket");
            FiveHeaders.assertIn(head);
            assertThat(client.read(2)).isEqualTo("hi");
            assertThat(client.send("ping").readToEnd()).isEqualTo("ping");

            assertThat(plane.get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x")
                            .body())
                    .isEqualTo("plain");
        }
    }

    @Test
    void a_body_beyond_the_limit_is_413_before_or_while_it_comes() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);

            Answer declared =
                    WireClient.exchange(plane.port, TestPlane.request("POST", "/", "Content-Length: 11534336"));
            assertThat(declared.status()).isEqualTo(413);
            FiveHeaders.assertIn(declared);
            try (WireClient client = new WireClient(plane.port)) {
                client.send(TestPlane.request("POST", "/", "Transfer-Encoding: chunked"));
                String chunk = "10000\r\n" + "x".repeat(65_536) + "\r\n";
                for (int i = 0; i < 176 && client.trySend(chunk); i++) {}
                assertThat(client.answer().status()).isEqualTo(413);
            }
        }
    }

    @Test
    void a_traceparent_is_continued_with_a_span_of_our_own() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

            plane.get("/", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01", "tracestate: a=b");
            plane.get("/", "traceparent: 00-" + trace + "-00f067aa0ba902b7-zz", "tracestate: a=b");

            Request continued = upstream.requests().getFirst();
            assertThat(continued.values("traceparent").getFirst())
                    .startsWith("00-" + trace + "-")
                    .doesNotContain("00f067aa0ba902b7");
            assertThat(continued.values("tracestate")).containsExactly("a=b");
            Request begun = upstream.requests().getLast();
            assertThat(begun.values("traceparent").getFirst())
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
                    .doesNotContain(trace);
            assertThat(begun.has("tracestate")).isFalse();
        }
    }

    @Test
    void without_an_identity_nobody_gets_through() {
        try (TestPlane closed = new TestPlane(CallPipeline.closed(), List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            closed.to(upstream);

            Answer answer = closed.get("/");

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body())
                    .isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Missing Authorization header\"}");
            FiveHeaders.assertIn(answer);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void stages_run_in_order_may_wait_and_hear_the_end() throws Exception {
        StringBuffer order = new StringBuffer();
        CompletableFuture<StageResult> later = new CompletableFuture<>();
        AtomicReference<Object> outcome = new AtomicReference<>();
        CallPipeline pipeline = CallPipeline.closed()
                .withIdentity(call -> {
                    order.append("identity ");
                    return new StageResult.Later(later);
                })
                .withQuota(call -> {
                    order.append("quota ");
                    return StageResult.PASS;
                })
                .withPermission(call -> {
                    order.append("permission ");
                    return call.head().method().equals("PUT")
                            ? new StageResult.Refuse(new GatewayRefusal.Forbidden("no", "No.", null))
                            : StageResult.PASS;
                })
                .withPolicies(call -> {
                    order.append("policies ");
                    return StageResult.PASS;
                })
                .withEvidence(RequestStage.PASS)
                .withEndListeners(List.of(call -> outcome.set(call.outcome())));
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange ->
                        exchange.send(ScriptedUpstream.ok(exchange.request().body())));
                WireClient client = new WireClient(own.port)) {
            own.to(upstream);
            client.send(TestPlane.request("POST", "/", "Content-Length: 4") + "body" + TestPlane.request("PUT", "/"));
            Awaitility.await().until(() -> order.toString().startsWith("identity"));
            later.complete(StageResult.PASS);

            assertThat(client.answer().body()).isEqualTo("body");
            assertThat(client.answer().status()).isEqualTo(403);
            assertThat(order.toString()).isEqualTo("identity quota permission policies identity quota permission ");
            Awaitility.await().until(() -> String.valueOf(outcome.get()).contains("status=403"));
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void a_stage_that_fails_is_500_and_reaches_no_backend() {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            throw new IllegalStateException("planted");
        });
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            own.to(upstream);

            assertThat(own.get("/").status()).isEqualTo(500);
            assertThat(upstream.requests()).isEmpty();
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

    @Test
    void a_stopping_plane_ends_websockets_with_going_away_between_two_frames() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                    exchange.send("\u0081\u0003abc\u0081\u0004de");
                    half.await();
                    exchange.send("fg");
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(
                    TestPlane.request("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"));
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.read(9)).isEqualTo("\u0081\u0003abc\u0081\u0004de");
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> plane.plane.drain(Duration.ofSeconds(20)));
            Awaitility.await().until(plane.plane::isDraining);
            half.countDown();

            assertThat(client.readToEnd()).isEqualTo("fg\u0088\u0002\u0003\u00e9");
            assertThat(drained.get()).isTrue();
        }
    }
}
