package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTest {
    private final TestPlane plane = new TestPlane();
    private final int port = plane.port;

    @AfterEach
    void close() {
        plane.close();
    }

    @DisplayName("H1, H7, H9: health is answered without credentials")
    @ParameterizedTest
    @CsvSource({"/health,OK", "/health/live,OK", "/ready,READY", "/health/ready,READY"})
    void health_is_answered_without_credentials(String path, String body) {
        Answer answer = get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body);
        FiveHeaders.assertIn(answer);
    }

    @Test
    void a_process_that_is_not_ready_says_why_and_stays_healthy() {
        plane.unready.set("Control Plane unreachable");

        assertThat(get("/ready").status()).isEqualTo(503);
        assertThat(get("/health/ready").body()).isEqualTo("NOT READY: Control Plane unreachable");
        assertThat(get("/health").status()).isEqualTo(200);
    }

    @Test
    void a_body_of_known_length_ends_with_its_last_byte() throws Exception {
        try (WireClient client = new WireClient(port)) {
            Answer answer = client.send("POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .answer();
            assertThat(answer.body()).isEqualTo("abc");
        }
    }

    @DisplayName("H3: an unknown path has no route")
    @Test
    void an_unknown_path_has_no_route() {
        Answer answer = get("/nonexistent-path-xyz");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("No matching API route");
        assertThat(answer.value("X-Stoa-Refusal")).isEqualTo("no_route");
        FiveHeaders.assertIn(answer);
    }

    @Test
    void metrics_count_requests_by_status() {
        get("/nonexistent-path-xyz");

        assertThat(get("/metrics").body())
                .contains("stoa_http_requests_total{http_route=\"none\",method=\"GET\",status=\"404\"} 1.0")
                .contains("stoa_refusals_total{code=\"no_route\"} 1.0");
    }

    @Test
    void a_connection_serves_many_requests_also_when_they_come_at_once() {
        try (WireClient client = new WireClient(port)) {
            client.send(
                    "GET /health HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20) + "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                assertThat(client.answer().body()).isEqualTo("OK");
            }
            assertThat(client.answer(true).value("Content-Length")).isEqualTo("2");
            assertThat(client.send("GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .answer()
                            .body())
                    .isEqualTo("READY");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void a_head_may_come_byte_by_byte() {
        try (WireClient client = new WireClient(port)) {
            for (char c : "GET /health HTTP/1.1\r\nHost: a\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.answer().body()).isEqualTo("OK");
        }
    }

    @Test
    void a_body_is_handed_to_the_endpoint_whole() {
        String chunked =
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n";
        try (WireClient client = new WireClient(port)) {
            assertThat(client.send(chunked).answer().body()).isEqualTo("abcde");
            assertThat(client.send("POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n12")
                            .send("34GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                            .answer()
                            .body())
                    .isEqualTo("1234");
            assertThat(client.answer().body()).isEqualTo("OK");
        }
    }

    @DisplayName("P12: what may be read in two ways is 400 and ends the connection")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET /health HTTP/1.1\nHost: a\n\n",
                "GET /health HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "GET /hea lth HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://b/health HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /health HTTP/1.x\r\nHost: a\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent_Length: 1\r\n\r\nx",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\nx\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n",
                "POST /echo/ HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n",
            })
    void what_may_be_read_in_two_ways_is_400_and_ends_the_connection(String request) {
        try (WireClient client = new WireClient(port)) {
            client.send(request + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
            Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.value("Connection")).isEqualTo("close");
            assertThat(answer.value("X-Stoa-Refusal")).isEqualTo("malformed_request");
            FiveHeaders.assertIn(answer);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void a_chunk_extension_has_a_limit() {
        String head = "POST /echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;";
        assertThat(WireClient.exchange(port, head + "a".repeat(1_100) + "\r\nx\r\n0\r\n\r\n")
                        .status())
                .isEqualTo(400);
    }

    @DisplayName("H5: limits of the head have their own statuses")
    @Test
    void limits_of_the_head_have_their_own_statuses() {
        assertLimit(414, "GET /" + "a".repeat(8_192) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertLimit(414, "GET /" + "a".repeat(30_000));
        assertLimit(431, "GET /health HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");
        assertLimit(431, "GET /health HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(100) + "\r\n");
        assertLimit(505, "GET /health HTTP/2.0\r\nHost: a\r\n\r\n");
        assertLimit(501, "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(WireClient.exchange(port, "GET /health HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(99) + "\r\n")
                        .status())
                .isEqualTo(200);
    }

    private void assertLimit(int status, String request) {
        Answer answer = WireClient.exchange(port, request);
        assertThat(answer.status()).isEqualTo(status);
        FiveHeaders.assertIn(answer);
    }

    @Test
    void a_head_that_does_not_end_in_time_is_408() {
        try (WireClient client = new WireClient(port)) {
            client.send("GET /health HTTP/1.1\r\nHost:");
            Answer answer = plane.whileTimePasses(client::answer);

            assertThat(answer.status()).isEqualTo(408);
            FiveHeaders.assertIn(answer);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void a_body_that_does_not_move_is_408() {
        String request = "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab";

        assertThat(plane.whileTimePasses(() -> WireClient.exchange(port, request))
                        .status())
                .isEqualTo(408);
    }

    @Test
    void a_connection_without_a_request_is_closed() {
        try (WireClient client = new WireClient(port)) {
            assertThat(plane.whileTimePasses(client::isAtEnd)).isTrue();
        }
    }

    @Test
    void an_old_client_gets_what_it_can_read() {
        Answer answer = WireClient.exchange(port, "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

        assertThat(answer.value("Connection")).isEqualTo("keep-alive");
        assertThat(WireClient.exchange(port, "GET /health HTTP/1.0\r\n\r\n").value("Connection"))
                .isEqualTo("close");
    }

    @Test
    void a_trace_goes_on_and_a_malformed_one_begins_anew() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assertThat(traceOf("00-" + trace + "-00f067aa0ba902b7-01")).isEqualTo(trace);
        assertThat(traceOf("00-" + trace + "-00f067aa0ba902b7"))
                .isNotEqualTo(trace)
                .hasSize(32);
        assertThat(traceOf("00-" + "0".repeat(32) + "-00f067aa0ba902b7-01")).isNotEqualTo("0".repeat(32));
    }

    private String traceOf(String traceparent) {
        return WireClient.exchange(port, "GET /health HTTP/1.1\r\nHost: a\r\nTraceparent: " + traceparent + "\r\n\r\n")
                .value("X-Stoa-Trace-Id");
    }

    private Answer get(String path) {
        return WireClient.exchange(port, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void a_client_that_never_reads_is_not_answered_ahead_and_loses_its_connection() {
        int requests = 40_000;
        try (WireClient client = new WireClient(port)) {
            client.receivesLittle();
            CompletableFuture<Boolean> sent = CompletableFuture.supplyAsync(
                    () -> client.trySend("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n".repeat(requests)));

            plane.whileTimePasses(() -> {
                sent.join();
                return plane.awaitNoConnection();
            });

            // What the kernel's buffers hold of some 500 bytes each, and no more.
            assertThat(plane.answered("none", "GET", 404)).isPositive().isLessThan(requests / 2);
        }
    }

    @Test
    void a_client_that_reads_late_gets_every_answer() {
        int requests = 20_000;
        try (WireClient client = new WireClient(port)) {
            String last = "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            CompletableFuture<Boolean> sent = CompletableFuture.supplyAsync(
                    () -> client.trySend("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n".repeat(requests - 1) + last));
            Awaitility.await().until(() -> plane.answered("none", "GET", 404) > 1_000);

            assertThat(client.readToEnd().split("HTTP/1.1 404 ", -1)).hasSize(requests + 1);
            assertThat(sent.join()).isTrue();
        }
    }

    @Test
    void the_head_of_a_second_request_has_as_long_as_that_of_the_first() {
        try (WireClient client = new WireClient(port)) {
            client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").answer();
            client.send("GET /health HTTP/1.1\r\nHost:");
            get("/health"); // The one loop has read what came before.
            plane.clock.advance(TestPlane.LIMITS.headTimeout().plusMillis(1));

            assertThat(client.answer().status()).isEqualTo(408);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/ready", "/ready", "/metrics"})
    void where_no_body_is_read_none_is_waited_for(String path) {
        try (WireClient client = new WireClient(port)) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\nx");
            Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.value("Connection")).isEqualTo("close");
            assertThat(plane.whileTimePasses(client::isAtEnd)).isTrue();
        }
    }

    @Test
    void a_body_that_comes_byte_by_byte_has_an_end() throws Exception {
        Semaphore arrived = new Semaphore(0);
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    while (exchange.socket().getInputStream().read() >= 0) {
                        arrived.release();
                    }
                    ended.countDown();
                });
                WireClient client = new WireClient(port)) {
            plane.to(upstream);
            // The script reads the body of a request with an expectation.
            client.send(TestPlane.request("POST", "/", "Expect: 100-continue", "Content-Length: 1000"));
            Duration step = TestPlane.LIMITS.idleTimeout().minusMillis(100);
            long steps = TestPlane.LIMITS.bodyTimeout().dividedBy(step) + 1;
            for (int i = 0; i < steps; i++) {
                client.send("x");
                assertThat(arrived.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                plane.clock.advance(step);
            }

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
