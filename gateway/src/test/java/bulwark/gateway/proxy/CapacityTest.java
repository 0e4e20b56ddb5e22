package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a plane holds at once has bounds, and what is beyond them is turned away without a cost to the rest. */
class CapacityTest {
    private static final long PLENTY = 1L << 40;
    private static final StreamLimits STREAMS = StreamLimits.STANDARD;

    private static WireClient from(String address, int port) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(address), 0);
        return new WireClient(socket);
    }

    private static boolean isServed(WireClient client) {
        return client.trySend(TestPlane.request("GET", "/health"))
                && client.tryRead(17).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void connections_beyond_the_limit_are_closed_and_counted_until_others_end() throws Exception {
        try (TestPlane plane = new TestPlane(new PlaneCapacity(3, 2, 0, PLENTY, STREAMS));
                WireClient first = from("127.0.0.1", plane.port);
                WireClient second = from("127.0.0.1", plane.port)) {
            assertThat(isServed(first)).isTrue();
            assertThat(isServed(second)).isTrue();
            try (WireClient third = from("127.0.0.1", plane.port)) {
                assertThat(isServed(third)).isFalse();
            }
            try (WireClient other = from("127.0.0.2", plane.port);
                    WireClient beyond = from("127.0.0.3", plane.port)) {
                assertThat(isServed(other)).isTrue();
                assertThat(isServed(beyond)).isFalse();
            }
            first.close();
            Awaitility.await().until(() -> {
                try (WireClient again = from("127.0.0.1", plane.port)) {
                    return isServed(again);
                }
            });
            assertThat(plane.metrics.scrape())
                    .contains("stoa_tcp_connections_rejected_pre_tls_total{reason=\"total\"} 1.0")
                    .containsPattern("stoa_tcp_connections_rejected_pre_tls_total\\{reason=\"source\"\\} [1-9]");
        }
    }

    @Test
    void new_calls_are_refused_while_those_under_way_hold_the_memory() {
        CountDownLatch release = new CountDownLatch(1);
        String piece = "x".repeat(90_000);
        long before = BufferBudget.used();
        try (TestPlane plane = new TestPlane(new PlaneCapacity(100, 100, 0, before + (4L << 20), STREAMS));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (exchange.request().has("Expect")) {
                        release.await();
                        exchange.send(ScriptedUpstream.ok(Integer.toString(
                                exchange.socket().getInputStream().readNBytes(9_000_000).length)));
                    } else {
                        exchange.send(ScriptedUpstream.ok("x"));
                    }
                })) {
            upstream.receivesAtMost(64 << 10);
            plane.to(upstream);
            assertThat(plane.get("/").status()).isEqualTo(200);
            List<WireClient> senders = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                WireClient sender = new WireClient(plane.port);
                senders.add(sender);
                sender.send(TestPlane.request("POST", "/", "Content-Length: 9000000", "Expect: 100-continue"));
                Thread.ofVirtual().start(() -> {
                    for (int sent = 0; sent < 9_000_000 && sender.trySend(piece); sent += piece.length()) {}
                });
            }

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> plane.get("/").status() == 503);
            Answer refused = plane.get("/");
            assertThat(refused.value("X-Stoa-Refusal")).isEqualTo("memory_short");
            assertThat(refused.value("Retry-After")).isEqualTo("1");
            FiveHeaders.assertIn(refused);
            assertThat(plane.get("/health").status()).isEqualTo(200);
            assertThat(plane.get("/metrics").body()).contains("stoa_buffers_bytes");
            senders.forEach(WireClient::close);
            release.countDown();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> plane.get("/").status() == 200);
        }
    }

    @Test
    void event_streams_have_limits_of_their_own_and_an_end() {
        CountDownLatch release = new CountDownLatch(1);
        StreamLimits two = new StreamLimits(5, 2, 5, Duration.ofHours(1), 0);
        try (TestPlane plane = new TestPlane(new PlaneCapacity(100, 100, 0, PLENTY, two));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
                    release.await();
                });
                WireClient first = new WireClient(plane.port);
                WireClient second = new WireClient(plane.port)) {
            plane.to(upstream);
            for (WireClient client : List.of(first, second)) {
                assertThat(client.send(TestPlane.request("GET", "/")).head().status())
                        .isEqualTo(200);
            }
            Answer refused = plane.get("/");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.value("Retry-After")).isEqualTo("60");
            assertThat(refused.value("X-Stoa-Refusal")).isEqualTo("too_many_streams");
            FiveHeaders.assertIn(refused);
            assertThat(plane.metrics.scrape())
                    .contains("stoa_sse_rejected_total{reason=\"source\"} 1.0")
                    .contains("stoa_sse_connections_active 2.0");
            second.close();
            Awaitility.await().until(() -> plane.metrics.scrape().contains("stoa_sse_connections_active 1.0"));
            plane.clock.advance(Duration.ofMinutes(61));

            assertThat(plane.whileTimePasses(first::readToEnd)).startsWith("9");
            Awaitility.await().until(() -> plane.metrics.scrape().contains("stoa_sse_connections_active 0.0"));
        } finally {
            release.countDown();
        }
    }

    @DisplayName("Q12: the eleventh event stream from one address is 429 with Retry-After 60")
    @Test
    void the_eleventh_event_stream_from_one_address_is_refused() {
        CountDownLatch release = new CountDownLatch(1);
        List<WireClient> clients = new ArrayList<>();
        try (TestPlane plane = new TestPlane(new PlaneCapacity(100, 100, 0, PLENTY, StreamLimits.STANDARD));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                    release.await();
                })) {
            plane.to(upstream);
            for (int i = 0; i < 10; i++) {
                WireClient client = new WireClient(plane.port);
                clients.add(client);
                assertThat(client.send(TestPlane.request("GET", "/")).head().status())
                        .isEqualTo(200);
            }
            Answer refused = plane.get("/");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.value("Retry-After")).isEqualTo("60");
        } finally {
            release.countDown();
            clients.forEach(WireClient::close);
        }
    }

    @Test
    void times_and_states_are_measured() {
        try (TestPlane plane = new TestPlane();
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                        exchange.request().line().contains("ill")
                                ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                                : ScriptedUpstream.ok("x")))) {
            plane.to(upstream);
            assertThat(plane.get("/").value("Server-Timing")).matches("gw;dur=\\d+\\.\\d\\d");
            for (int i = 0; i < 5; i++) {
                plane.get("/ill");
            }

            Awaitility.await()
                    .untilAsserted(() -> assertThat(plane.metrics.scrape())
                            .contains(
                                    "stoa_http_request_duration_seconds_bucket{http_route=\"r1\",method=\"GET\",le=\"0.001\"} 6")
                            .contains("stoa_upstream_latency_seconds_count{status=\"200\",upstream=\"r1\"} 1")
                            .contains("stoa_upstream_latency_seconds_count{status=\"500\",upstream=\"r1\"} 5")
                            .contains("stoa_circuit_breaker_state{upstream=\"r1\"} 1.0")
                            .contains("stoa_upstream_connections_active 1.0")
                            .contains("stoa_calls_active 0.0"));
        }
    }

    @Test
    void one_address_opens_connections_and_event_streams_at_a_rate_of_its_own() throws Exception {
        java.net.InetAddress one = java.net.InetAddress.getByName("192.0.2.1");
        java.net.InetAddress other = java.net.InetAddress.getByName("192.0.2.2");
        ConnectionGate gate = new ConnectionGate(1_000, 1_000, 0.5);
        for (int i = 0; i < 5; i++) {
            assertThat(gate.acquire(one)).isNull();
            gate.release(one);
        }
        assertThat(gate.acquire(one)).isEqualTo(ConnectionGate.Reason.RATE);
        assertThat(gate.acquire(other)).isNull();
        assertThat(gate.open()).isEqualTo(1);
        StreamGate streams = new StreamGate(new StreamLimits(100, 100, 100, Duration.ofHours(1), 3));
        for (int i = 0; i < 3; i++) {
            assertThat(streams.acquire(one, "acme")).isNull();
            streams.release(one, "acme");
        }
        assertThat(streams.acquire(one, "acme")).isEqualTo("rate");
        assertThat(streams.acquire(other, "acme")).isNull();
        assertThat(streams.open()).isEqualTo(1);
    }
}
