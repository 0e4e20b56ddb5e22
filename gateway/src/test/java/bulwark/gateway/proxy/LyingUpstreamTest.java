package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that break HTTP: the caller gets 502 or a torn answer, and nobody else gets any of their bytes. */
class LyingUpstreamTest {
    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer_Encoding: chunked\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 20\0 OK\r\n\r\n"
            })
    void an_answer_that_breaks_http_is_502_and_its_connection_is_never_used_again(String lie) {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange ->
                exchange.send(exchange.request().line().contains("/lie") ? lie + EVIL : ScriptedUpstream.ok("good")))) {
            plane.to(upstream);

            Answer answer = WireClient.exchange(plane.port, TestPlane.request("POST", "/lie"));

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEqualTo("Bad gateway");
            FiveHeaders.assertIn(answer);
            assertThat(plane.get("/next").body()).isEqualTo("good");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_head_beyond_the_limits_is_502() {
        try (ScriptedUpstream upstream =
                ScriptedUpstream.saying("HTTP/1.1 200 OK\r\nX: " + "a".repeat(40_000) + "\r\n\r\n")) {
            plane.to(upstream);

            assertThat(plane.get("/").status()).isEqualTo(502);
        }
    }

    @Test
    void bytes_after_the_end_reach_nobody() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                        exchange.number() == 1 ? ScriptedUpstream.ok("first") + EVIL : ScriptedUpstream.ok("second")));
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(TestPlane.request("GET", "/").repeat(2));

            assertThat(client.answer().body()).isEqualTo("first");
            assertThat(client.answer().body()).isEqualTo("second");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_body_where_none_may_be_reaches_nobody() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                        exchange.number() == 1
                                ? "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil"
                                : ScriptedUpstream.ok("good")));
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);

            assertThat(client.send(TestPlane.request("GET", "/")).answer().status())
                    .isEqualTo(204);
            assertThat(client.send(TestPlane.request("GET", "/")).answer().body())
                    .isEqualTo("good");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nZ\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshortXX3\r\nabc\r\n0\r\n\r\n"
            })
    void a_short_body_is_never_taken_for_whole(String lie) {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(lie);
                    exchange.close();
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            client.send(TestPlane.request("GET", "/"));

            String rest = client.readToEnd();

            assertThat(rest).doesNotContain("\r\n0\r\n\r\n").doesNotContain("Content-Length: 5\r\n");
        }
    }

    @Test
    void a_connection_that_the_backend_closed_meanwhile_costs_no_request() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
            if (exchange.number() % 2 == 0) {
                exchange.close(); // a kept connection is closed when the next request comes
            } else {
                exchange.send(ScriptedUpstream.ok("x"));
            }
        })) {
            plane.to(upstream);

            for (int i = 0; i < 6; i++) {
                assertThat(plane.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void an_early_answer_ends_the_connection_and_not_the_answer() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            // The upstream reads no body of a request with an expectation.
            client.send(TestPlane.request("POST", "/", "Expect: 100-continue", "Content-Length: 50") + "ab");

            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.value("Connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("no");
        }
    }

    @ParameterizedTest
    @CsvSource({"16,200", "17,502"})
    void interim_answers_have_an_end(int interim, int status) {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
            exchange.send("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(interim) + ScriptedUpstream.ok("x"));
            exchange.socket().getInputStream().read();
        })) {
            plane.to(upstream);

            assertThat(plane.get("/").status()).isEqualTo(status);
        }
    }

    @Test
    void the_length_of_a_body_that_cannot_be_is_not_passed_on() {
        try (ScriptedUpstream upstream =
                ScriptedUpstream.saying("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")) {
            plane.to(upstream);

            assertThat(plane.get("/").has("Content-Length")).isFalse();
        }
    }
}
