package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BodyForwardingTest {
    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
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

    @DisplayName("P16: each event of a stream is sent on at once and silence is no fault")
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
                    new Timeouts(
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(20),
                            Duration.ofMillis(200),
                            Duration.ofMillis(600))));
            client.send(TestPlane.request("GET", "/"));
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(client.line()).isEqualTo("9");
            assertThat(client.read(9)).isEqualTo("data: 1\n\n");
            plane.letPass(Duration.ofMinutes(50));
            seen.countDown();
            client.line();
            assertThat(client.line()).isEqualTo("9");
            assertThat(client.read(9)).isEqualTo("data: 2\n\n");
        }
    }

    @DisplayName("H5: a body beyond the limit is 413 before or while it comes")
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
}
