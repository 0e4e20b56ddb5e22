package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.CANCEL;
import static bulwark.gateway.proxy.FrameEncoding.DATA;
import static bulwark.gateway.proxy.FrameEncoding.END_HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.END_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.GOAWAY;
import static bulwark.gateway.proxy.FrameEncoding.PING;
import static bulwark.gateway.proxy.FrameEncoding.RST_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.number;
import static bulwark.gateway.proxy.FrameEncoding.request;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.proxy.FrameUpstream.Exchange;
import bulwark.gateway.proxy.FrameUpstream.Script;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.tls.ReloadingTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Http2UpstreamTest {
    private static final int REFUSED_STREAM = 7;

    @TempDir
    Path directory;

    private SecurePlane plane;

    @BeforeEach
    void open() {
        plane = new SecurePlane(directory);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private void to(FrameUpstream upstream) {
        plane.test.routes(TestPlane.route("r1", "/", upstream.url(), UpstreamHttp.H2));
    }

    @Test
    void a_route_may_ask_for_http_2_without_tls() {
        try (FrameUpstream upstream = FrameUpstream.of(exchange -> exchange.headers(
                        false, ":status", "200", "x-mine", "m", "server", "x", "x-frame-options", "ALLOWALL")
                .data("hello " + exchange.body(), false)
                .headers(true, "x-sum", "9", "x-user-id", "evil"))) {
            to(upstream);

            Answer answer = WireClient.exchange(
                    plane.test.port,
                    TestPlane.request(
                                    "POST",
                                    "/a%20b?x=1",
                                    "Transfer-Encoding: chunked",
                                    "X-Own: 1",
                                    "Connection: X-Hop",
                                    "X-Hop: h",
                                    "X-User-Id: evil")
                            + "3\r\nabc\r\n0\r\nX-Last: 1\r\n\r\n");

            assertThat(answer.body()).isEqualTo("hello abc[x-sum: 9]");
            assertThat(answer.value("x-mine")).isEqualTo("m");
            FiveHeaders.assertIn(answer);
            Exchange request = upstream.requests().getFirst();
            assertThat(request.value(":method")).isEqualTo("POST");
            assertThat(request.value(":path")).isEqualTo("/a%20b?x=1");
            assertThat(request.value(":scheme")).isEqualTo("http");
            assertThat(request.value(":authority")).isEqualTo("127.0.0.1:" + upstream.port());
            assertThat(request.value("x-own")).isEqualTo("1");
            assertThat(request.value("x-hop")).isNull();
            assertThat(request.value("x-user-id")).isNull();
            assertThat(request.value("transfer-encoding")).isNull();
            assertThat(request.value("via")).isEqualTo("1.1 stoa");
            assertThat(request.value("x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(request.trailers()).containsExactly("x-last: 1");
        }
    }

    @Test
    void with_tls_the_upstream_chooses_and_calls_share_its_connection() throws Exception {
        try (ReloadingTls tls = plane.authority.server();
                FrameUpstream upstream = FrameUpstream.secure(tls.context(), exchange -> exchange.ok("x"));
                FrameClient client = plane.connect()) {
            plane.test.routes(TestPlane.route("r1", "/", "https://localhost:" + upstream.port(), UpstreamHttp.AUTO));
            assertThat(plane.test.get("/").body()).isEqualTo("x");
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(client.get("/" + i));
            }
            for (int stream : streams) {
                assertThat(client.answer(stream).body()).isEqualTo("x");
            }

            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(upstream.requests().getFirst().value(":scheme")).isEqualTo("https");
        }
    }

    @Test
    void an_upstream_that_does_not_negotiate_what_its_route_asks_for_is_502() {
        try (ReloadingTls tls = plane.authority.server();
                ScriptedUpstream upstream =
                        ScriptedUpstream.secure(tls.context(), exchange -> exchange.send(ScriptedUpstream.ok("old")))) {
            String url = "https://localhost:" + upstream.port();
            plane.test.routes(
                    TestPlane.route("h2", "/h2", url, UpstreamHttp.H2),
                    TestPlane.route("auto", "/auto", url, UpstreamHttp.AUTO));

            assertThat(plane.test.get("/h2").body()).isEqualTo("Failed to connect to upstream");
            assertThat(plane.test.get("/auto").body()).isEqualTo("old");
        }
    }

    @Test
    void calls_of_grpc_pass_with_their_trailers_in_every_form() {
        try (FrameUpstream upstream = FrameUpstream.of(exchange -> {
                    if (String.valueOf(exchange.value(":path")).endsWith("Fail")) {
                        exchange.headers(
                                true, ":status", "200", "content-type", "application/grpc", "grpc-status", "5");
                    } else {
                        exchange.headers(false, ":status", "200", "content-type", "application/grpc")
                                .data(exchange.body(), false)
                                .headers(true, "grpc-status", "0", "grpc-message", "fine");
                    }
                });
                FrameClient client = plane.connect()) {
            to(upstream);
            String message = "\0\0\0\0\3abc";
            int call = client.open(
                    false, request("POST", "/pkg.Service/Call", "content-type", "application/grpc", "te", "trailers"));
            assertThat(client.data(call, message, true).answer(call).body())
                    .isEqualTo(message + "[grpc-status: 0][grpc-message: fine]");
            assertThat(upstream.requests().getFirst().value("te")).isEqualTo("trailers");

            int failing = client.open(
                    false, request("POST", "/pkg.Service/Fail", "content-type", "application/grpc", "te", "trailers"));
            Answer failed = client.data(failing, message, true).answer(failing);
            assertThat(failed.value("grpc-status")).isEqualTo("5");
            assertThat(failed.body()).isEmpty();
            assertThat(client.endedWithHead(failing)).isTrue();
        }
    }

    @Test
    void a_refusal_is_a_status_of_grpc_for_its_clients() {
        try (SecurePlane closed = new SecurePlane(directory.resolve("closed"), CallPipeline.closed());
                FrameUpstream upstream = FrameUpstream.of(exchange -> exchange.ok("x"));
                FrameClient client = closed.connect()) {
            closed.test.routes(TestPlane.route("r1", "/", upstream.url(), UpstreamHttp.H2));

            int call = client.open(
                    false,
                    request("POST", "/pkg.Service/Call", "content-type", "application/grpc+proto", "te", "trailers"));
            Answer refused = client.answer(call);

            assertThat(refused.status()).isEqualTo(200);
            assertThat(refused.value("content-type")).isEqualTo("application/grpc");
            assertThat(refused.value("grpc-status")).isEqualTo("16");
            assertThat(refused.value("grpc-message")).contains("Missing Authorization header");
            assertThat(refused.value("www-authenticate")).isNotEmpty();
            assertThat(client.endedWithHead(call)).isTrue();
            FiveHeaders.assertIn(refused);
            assertThat(client.answer(client.open(
                                    true, request("POST", "/pkg.Service/Call", "content-type", "text/plain")))
                            .status())
                    .isEqualTo(401);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void no_more_calls_share_a_connection_than_the_upstream_allows() {
        CountDownLatch all = new CountDownLatch(1);
        List<Exchange> waiting = new ArrayList<>();
        try (FrameUpstream upstream = FrameUpstream.limited(2, exchange -> {
                    if ("/first".equals(exchange.value(":path"))) {
                        exchange.ok("x");
                        return;
                    }
                    Thread.ofVirtual().start(() -> {
                        try {
                            all.await();
                            exchange.ok("x");
                        } catch (Exception e) {
                            waiting.add(exchange);
                        }
                    });
                });
                FrameClient client = plane.connect()) {
            to(upstream);
            assertThat(client.answer(client.get("/first")).body()).isEqualTo("x");
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                streams.add(client.get("/" + i));
            }
            Awaitility.await().until(() -> upstream.requests().size() == 7);
            assertThat(upstream.connections()).isGreaterThanOrEqualTo(3);
            all.countDown();

            for (int stream : streams) {
                assertThat(client.answer(stream).body()).isEqualTo("x");
            }
            assertThat(waiting).isEmpty();
        }
    }

    @Test
    void what_an_upstream_has_not_looked_at_is_sent_again_whatever_the_method() {
        try (FrameUpstream refusing = FrameUpstream.of(exchange -> {
                    if (exchange.number() == 1) {
                        exchange.frame(RST_STREAM, 0, number(REFUSED_STREAM));
                    } else {
                        exchange.ok("second");
                    }
                });
                FrameUpstream leaving = FrameUpstream.of(exchange -> {
                    if (exchange.number() == 1) {
                        exchange.frame(GOAWAY, new byte[8]);
                    } else {
                        exchange.ok("second");
                    }
                })) {
            for (FrameUpstream upstream : List.of(refusing, leaving)) {
                to(upstream);
                assertThat(WireClient.exchange(plane.test.port, TestPlane.request("POST", "/", "Content-Length: 0"))
                                .body())
                        .isEqualTo("second");
                assertThat(upstream.requests()).hasSize(2);
            }
            assertThat(leaving.connections()).isEqualTo(2);
            assertThat(plane.test.upstreams.breakers()).allMatch(breaker -> breaker.failureCount() == 0);
        }
    }

    @Test
    void what_an_upstream_may_have_acted_upon_is_not_sent_again() {
        try (FrameUpstream upstream = FrameUpstream.of(exchange -> exchange.frame(RST_STREAM, 0, number(2)))) {
            to(upstream);

            Answer answer = WireClient.exchange(plane.test.port, TestPlane.request("POST", "/", "Content-Length: 0"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void a_call_that_is_taken_back_is_reset_at_its_upstream_and_the_connection_stays() {
        try (FrameUpstream upstream = FrameUpstream.of(exchange -> {
                    if ("/slow".equals(exchange.value(":path"))) {
                        exchange.headers(false, ":status", "200").data("half", false);
                    } else {
                        exchange.ok("x");
                    }
                });
                FrameClient client = plane.connect()) {
            to(upstream);
            int slow = client.get("/slow");
            assertThat(client.body(slow, 4)).isEqualTo("half");
            client.reset(slow, CANCEL);

            Awaitility.await().until(() -> upstream.resets().size() == 1);
            assertThat(upstream.resets().getFirst().number()).isEqualTo(CANCEL);
            assertThat(client.answer(client.get("/")).body()).isEqualTo("x");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void large_bodies_pass_in_both_directions() {
        try (FrameUpstream upstream = FrameUpstream.of(exchange -> {
                    exchange.headers(false, ":status", "200");
                    String body = exchange.body();
                    // Within the first window of the stream, since this upstream counts none.
                    exchange.data(body.substring(0, 16_384), false).data(Integer.toString(body.length()), true);
                });
                FrameClient client = plane.connect()) {
            to(upstream);
            String body = "0123456789".repeat(100_000);
            int stream = client.open(false, request("PUT", "/"));

            assertThat(client.data(stream, body, true).answer(stream).body())
                    .isEqualTo(body.substring(0, 16_384) + "1000000");
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("no status", exchange -> exchange.headers(true, "x-own", "1")),
                lie("two statuses", exchange -> exchange.headers(true, ":status", "200", ":status", "200")),
                lie("status of a word", exchange -> exchange.headers(true, ":status", "abc")),
                lie("status of four digits", exchange -> exchange.headers(true, ":status", "2000")),
                lie("a path", exchange -> exchange.headers(true, ":status", "200", ":path", "/")),
                lie("status behind a header", exchange -> exchange.headers(true, "a", "b", ":status", "200")),
                lie("upper case", exchange -> exchange.headers(true, ":status", "200", "X-Own", "1")),
                lie("connection", exchange -> exchange.headers(true, ":status", "200", "connection", "close")),
                lie(
                        "transfer-encoding",
                        exchange -> exchange.headers(true, ":status", "200", "transfer-encoding", "chunked")),
                lie(
                        "line end in a value",
                        exchange -> exchange.headers(true, ":status", "200", "x-own", "1\r\nevil: 1")),
                lie(
                        "two lengths",
                        exchange ->
                                exchange.headers(true, ":status", "200", "content-length", "0", "content-length", "0")),
                lie(
                        "a length without a body",
                        exchange -> exchange.headers(true, ":status", "200", "content-length", "5")),
                lie("switched protocol", exchange -> exchange.headers(false, ":status", "101")),
                lie("an end with an interim answer", exchange -> exchange.headers(true, ":status", "103")),
                lie("a body before the head", exchange -> exchange.data("evil", true)),
                lie("headers over the limit", exchange -> exchange.headers(true, many())),
                lie("a push", exchange -> exchange.frame(5, END_HEADERS, new byte[] {0, 0, 0, 2})),
                lie("nonsense on the connection", exchange -> exchange.frame(PING, new byte[3])),
                lie(
                        "an answer of HTTP/1.1",
                        exchange -> exchange.frame('T', "P/1.1 200 OK".getBytes(StandardCharsets.US_ASCII))
                                .close()));
    }

    private static String[] many() {
        String[] list = new String[240];
        for (int i = 0; i < list.length; i += 2) {
            list[i] = i == 0 ? ":status" : "x-" + i;
            list[i + 1] = "200";
        }
        return list;
    }

    private static Arguments lie(String what, Script script) {
        return Arguments.of(what, script);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void an_answer_that_is_none_is_502(String what, Script script) {
        try (FrameUpstream upstream = FrameUpstream.of(script)) {
            to(upstream);

            Answer answer = WireClient.exchange(plane.test.port, TestPlane.request("POST", "/", "Content-Length: 0"));

            assertThat(answer.status()).as(what).isEqualTo(502);
            assertThat(answer.fields()).noneMatch(line -> line.contains("evil"));
            FiveHeaders.assertIn(answer);
        }
    }

    @Test
    void a_body_that_is_not_as_long_as_it_says_tears_the_answer() {
        for (String body : List.of("abcdef", "abc")) {
            try (FrameUpstream upstream = FrameUpstream.of(
                            exchange -> exchange.headers(false, ":status", "200", "content-length", "5")
                                    .frame(DATA, END_STREAM, body.getBytes(StandardCharsets.US_ASCII)));
                    FrameClient client = plane.connect();
                    WireClient old = new WireClient(plane.test.port)) {
                to(upstream);

                assertThat(client.awaitReset(client.get("/"))).isEqualTo(FrameEncoding.INTERNAL_ERROR);
                old.send(TestPlane.request("GET", "/"));
                assertThat(old.readToEnd()).doesNotContain("abcdef").doesNotEndWith("abcde");
            }
        }
    }
}
