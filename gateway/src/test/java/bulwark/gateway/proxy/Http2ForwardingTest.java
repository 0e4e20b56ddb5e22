package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.CANCEL;
import static bulwark.gateway.proxy.FrameEncoding.NO_ERROR;
import static bulwark.gateway.proxy.FrameEncoding.request;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.ScriptedUpstream.Request;
import bulwark.gateway.proxy.WireClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Http2ForwardingTest {
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

    @Test
    void a_call_passes_the_same_stages_and_bears_the_same_headers() {
        String backend =
                "HTTP/1.1 200 OK\r\nX-Frame-Options: ALLOWALL\r\nServer: x\r\nX-Mine: m\r\nContent-Length: 5\r\n\r\nhello";
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(backend);
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);

            Answer answer = client.answer(client.get(
                    "/a%20b?x=1",
                    "x-own",
                    "1",
                    "x-user-id",
                    "evil",
                    "x_user_id",
                    "evil",
                    "x-forwarded-for",
                    "6.6.6.6",
                    "authorization",
                    "Bearer evil",
                    "cookie",
                    "a=1",
                    "cookie",
                    "b=2",
                    "te",
                    "trailers"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            FiveHeaders.assertIn(answer);
            assertThat(answer.fields())
                    .allMatch(
                            line -> line.substring(0, line.indexOf(':')).chars().noneMatch(Character::isUpperCase));
            assertThat(answer.values("strict-transport-security")).hasSize(1);
            assertThat(answer.value("x-mine")).isEqualTo("m");
            assertThat(answer.value("content-length")).isEqualTo("5");
            assertThat(answer.value("x-stoa-trace-id")).hasSize(32);
            Request request = upstream.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /a%20b?x=1 HTTP/1.1");
            assertThat(request.values("Via")).containsExactly("2 stoa");
            assertThat(request.values("Cookie")).containsExactly("a=1; b=2");
            assertThat(request.values("X-Forwarded-Host")).containsExactly("gateway.test");
            assertThat(request.values("X-Forwarded-Proto")).containsExactly("https");
            assertThat(request.head()).noneMatch(line -> line.contains("evil") || line.contains("6.6.6.6"));
        }
    }

    @Test
    void many_calls_share_a_connection_and_end_in_any_order() {
        CountDownLatch slow = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (exchange.request().line().contains("slow")) {
                        slow.await();
                    }
                    exchange.send(ScriptedUpstream.ok(exchange.request().line()));
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            int first = client.get("/slow");
            for (int i = 0; i < 20; i++) {
                assertThat(client.answer(client.get("/" + i)).body()).isEqualTo("GET /" + i + " HTTP/1.1");
            }
            slow.countDown();

            assertThat(client.answer(first).body()).isEqualTo("GET /slow HTTP/1.1");
        }
    }

    @Test
    void bodies_and_trailers_pass_in_both_directions() {
        String trailed =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\nX-User-Id: evil\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                        exchange.request().line().contains("echo")
                                ? ScriptedUpstream.ok(exchange.request().body())
                                : trailed));
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            String body = "0123456789".repeat(30_000);

            int sized = client.open(false, request("POST", "/echo", "content-length", "300000"));
            CompletableFuture<Answer> echoed = CompletableFuture.supplyAsync(() -> {
                try (FrameClient other = plane.connect()) {
                    int stream = other.open(false, request("POST", "/echo"));
                    other.data(stream, "hello", false);
                    other.send(
                            FrameEncoding.HEADERS,
                            FrameEncoding.END_HEADERS | FrameEncoding.END_STREAM,
                            stream,
                            FrameEncoding.list("x-sum", "1", "x-user-id", "evil"));
                    return other.answer(stream);
                }
            });
            for (int at = 0; at < 300_000; at += 10_000) {
                client.data(sized, body.substring(at, at + 10_000), at == 290_000);
            }
            assertThat(client.answer(sized).body()).isEqualTo(body);
            assertThat(echoed.join().body()).isEqualTo("hello[x-sum: 1]");
            assertThat(client.answer(client.get("/trailed")).body()).isEqualTo("abc[x-sum: 9]");
        }
    }

    @Test
    void head_interim_answers_and_answers_without_a_body_end_as_they_should() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (exchange.request().line().startsWith("HEAD")) {
                        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
                    } else if (exchange.request().has("Expect")) {
                        exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
                        exchange.send(ScriptedUpstream.ok(
                                new String(exchange.socket().getInputStream().readNBytes(3))));
                    } else {
                        exchange.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
                    }
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);

            Answer head = client.answer(client.open(true, request("HEAD", "/")));
            assertThat(head.value("content-length")).isEqualTo("100");
            assertThat(head.body()).isEmpty();
            int hinted = client.get("/");
            assertThat(client.answer(hinted).status()).isEqualTo(204);
            assertThat(client.interim(hinted)).containsExactly("103");
            int expecting = client.open(false, request("POST", "/", "expect", "100-continue", "content-length", "3"));
            assertThat(client.interim(expecting)).containsExactly("100");
            assertThat(client.data(expecting, "abc", true).answer(expecting).body())
                    .isEqualTo("abc");
        }
    }

    @Test
    void each_event_of_a_stream_is_sent_on_at_once() {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
                    seen.await();
                    exchange.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            int stream = client.get("/");
            assertThat(client.body(stream, 9)).isEqualTo("data: 1\n\n");
            plane.test.letPass(Duration.ofMinutes(50));
            seen.countDown();

            assertThat(client.answer(stream).body()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @Test
    void a_call_that_is_taken_back_ends_at_its_upstream() {
        CountDownLatch gone = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    try {
                        if (exchange.socket().getInputStream().read() < 0) {
                            gone.countDown();
                        }
                    } catch (IOException reset) {
                        gone.countDown();
                    }
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            int stream = client.get("/");
            assertThat(client.body(stream, 4)).isEqualTo("half");
            client.reset(stream, CANCEL);

            Awaitility.await().until(() -> gone.getCount() == 0);
            assertThat(client.answer(client.get("/health")).body()).isEqualTo("OK");
        }
    }

    @Test
    void an_answer_that_breaks_off_is_reset_and_its_connection_lives_on() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    exchange.close();
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);

            assertThat(client.awaitReset(client.get("/"))).isEqualTo(FrameEncoding.INTERNAL_ERROR);
            assertThat(client.answer(client.get("/health")).body()).isEqualTo("OK");
        }
    }

    @Test
    void a_refused_request_need_not_send_its_body() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"));
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            int declared = client.open(false, request("POST", "/", "content-length", "11534336"));

            Answer answer = client.answer(declared);
            assertThat(answer.status()).isEqualTo(413);
            FiveHeaders.assertIn(answer);
            assertThat(client.awaitReset(declared)).isEqualTo(NO_ERROR);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void an_upstream_that_takes_nothing_stops_the_body_within_its_window() {
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    read.await();
                    exchange.send(ScriptedUpstream.ok(
                            Integer.toString(exchange.socket().getInputStream().readNBytes(10_000_000).length)));
                });
                FrameClient client = plane.connect()) {
            upstream.receivesAtMost(64 << 10);
            plane.test.to(upstream);
            // With an expectation the upstream of the test leaves the body alone.
            int stream =
                    client.open(false, request("POST", "/", "content-length", "10000000", "expect", "100-continue"));
            int sent = client.sendWhileAllowed(stream, 10_000_000, Duration.ofMillis(500));
            assertThat(sent).isLessThan(10_000_000);
            assertThat(read.getCount()).isEqualTo(1);
            read.countDown();
            while (sent < 10_000_000) {
                sent += client.sendWhileAllowed(stream, 10_000_000 - sent, Duration.ofSeconds(20));
            }

            assertThat(client.answer(stream).body()).isEqualTo("10000000");
        }
    }

    @Test
    void a_client_that_reads_nothing_stops_its_upstream_and_no_other_call() {
        CountDownLatch blocked = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (exchange.request().line().contains("big")) {
                        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                        String piece = "x".repeat(100_000);
                        for (int i = 0; i < 400; i++) {
                            exchange.send(piece);
                            if (i == 100) {
                                blocked.countDown();
                            }
                        }
                    } else {
                        exchange.send(ScriptedUpstream.ok("small"));
                    }
                });
                FrameClient client = new FrameClient(TestAuthority.connect(plane.port, "h2"), 1_000)) {
            plane.test.to(upstream);
            int big = client.get("/big");
            assertThat(client.body(big, 1_000)).hasSize(1_000);

            for (int i = 0; i < 10; i++) {
                assertThat(client.answer(client.get("/small")).body()).isEqualTo("small");
            }
            assertThat(blocked.getCount()).isEqualTo(1);
        }
    }

    @Test
    void a_stopping_plane_says_so_and_answers_what_is_under_way() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    release.await();
                    exchange.send(ScriptedUpstream.ok("late"));
                });
                FrameClient client = plane.connect()) {
            plane.test.to(upstream);
            int early = client.get("/");
            Awaitility.await().until(() -> upstream.requests().size() == 1);
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> plane.test.plane.drain(Duration.ofSeconds(20)));
            assertThat(client.awaitGoAway()).isEqualTo(Integer.MAX_VALUE);
            int crossing = client.get("/");
            assertThat(client.awaitGoAway()).isEqualTo(crossing);
            release.countDown();

            assertThat(client.answer(early).body()).isEqualTo("late");
            assertThat(client.answer(crossing).body()).isEqualTo("late");
            assertThat(client.awaitEnd()).isEqualTo(NO_ERROR);
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void a_connection_without_a_call_ends() {
        try (FrameClient client = plane.connect()) {
            assertThat(client.answer(client.get("/health")).body()).isEqualTo("OK");
            assertThat(plane.test.whileTimePasses(client::awaitEnd)).isEqualTo(NO_ERROR);
        }
    }

    @Test
    void a_body_that_does_not_move_is_408() {
        try (FrameClient client = plane.connect()) {
            int stream = client.open(false, request("POST", "/echo/", "content-length", "5"));
            client.data(stream, "ab", false);

            assertThat(plane.test.whileTimePasses(() -> client.answer(stream)).status())
                    .isEqualTo(408);
        }
    }

    @Test
    void only_what_was_negotiated_is_spoken() {
        try (WireClient old = new WireClient(TestAuthority.connect(plane.port, "http/1.1"));
                WireClient prior = new WireClient(plane.test.port)) {
            assertThat(old.send(TestPlane.request("GET", "/health")).answer().body())
                    .isEqualTo("OK");
            // HTTP/2 without TLS is not offered.
            assertThat(prior.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").answer().status())
                    .isEqualTo(505);
            assertThat(List.of(old, prior)).hasSize(2);
        }
    }
}
