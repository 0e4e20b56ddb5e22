package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.balance.CircuitBreaker;
import bulwark.gateway.balance.HealthMonitor;
import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.gateway.route.ApiRoute.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResilienceTest {
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofMillis(300), Duration.ZERO);

    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
    }

    @DisplayName("P2, P3, P4: five failing calls open the circuit and two probes close it")
    @Test
    void five_failing_calls_open_the_circuit_and_two_probes_close_it() {
        boolean[] well = {false};
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                well[0] ? ScriptedUpstream.ok("well") : "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))) {
            plane.to(upstream);
            for (int i = 0; i < 5; i++) {
                assertThat(plane.get("/").status()).isEqualTo(500);
            }

            for (int i = 0; i < 4; i++) {
                Answer open = plane.get("/");
                assertThat(open.status()).isEqualTo(503);
                assertThat(open.body()).isEqualTo("Circuit breaker open for upstream: r1");
                assertThat(open.value("Retry-After")).isEqualTo("30");
                FiveHeaders.assertIn(open);
            }
            assertThat(upstream.requests()).hasSize(5);
            well[0] = true;
            plane.clock.advance(Duration.ofSeconds(30));
            assertThat(plane.get("/").body()).isEqualTo("well");
            assertThat(plane.get("/").body()).isEqualTo("well");
            assertThat(plane.upstreams.breakers().getFirst().state()).isEqualTo(CircuitBreaker.State.CLOSED);
        }
    }

    @DisplayName("P7: three failing calls are three failures however often they were tried")
    @Test
    void three_failing_calls_are_three_failures_however_often_they_were_tried() throws IOException {
        plane.routes(TestPlane.route("dead", "/", "http://127.0.0.1:" + unusedPort()));

        for (int i = 0; i < 3; i++) {
            Answer answer = plane.get("/");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEqualTo("Failed to connect to upstream");
            FiveHeaders.assertIn(answer);
        }

        CircuitBreaker.Stats stats = plane.upstreams.breakers().getFirst();
        assertThat(stats.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(stats.failureCount()).isEqualTo(3);
        assertThat(plane.metrics.scrape()).contains("stoa_upstream_retries_total 6.0");
    }

    @DisplayName("P5: one routes breaker leaves another route alone")
    @Test
    void one_routes_breaker_leaves_another_route_alone() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(
                    TestPlane.route("dead", "/dead", "http://127.0.0.1:" + unusedPort()),
                    TestPlane.route("well", "/well", upstream.url()));
            for (int i = 0; i < 6; i++) {
                plane.get("/dead");
            }

            assertThat(plane.get("/dead").body()).contains("Circuit breaker open");
            assertThat(plane.get("/well").status()).isEqualTo(200);
        }
    }

    @DisplayName("P8: a backend that does not answer is 504")
    @Test
    void a_backend_that_does_not_answer_is_504() {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> never.await())) {
            plane.routes(route(upstream, SHORT));

            Answer answer = plane.whileTimePasses(() -> plane.get("/"));

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("Gateway timeout");
            FiveHeaders.assertIn(answer);
            assertThat(upstream.requests()).hasSize(1);
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_backend_that_stops_in_the_middle_tears_the_answer() {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    never.await();
                });
                WireClient client = new WireClient(plane.port)) {
            plane.routes(route(upstream, SHORT));
            client.send(TestPlane.request("GET", "/"));

            assertThat(client.head().status()).isEqualTo(200);
            assertThat("half").startsWith(plane.whileTimePasses(client::readToEnd));
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_total_limit_ends_an_answer_that_trickles() {
        Semaphore next = new Semaphore(0);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                    for (int i = 0; i < 4; i++) {
                        exchange.send("x");
                        next.acquire();
                    }
                });
                WireClient client = new WireClient(plane.port)) {
            plane.routes(route(
                    upstream,
                    new Timeouts(
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(2),
                            Duration.ofHours(1),
                            Duration.ofMillis(500))));
            client.send(TestPlane.request("GET", "/"));
            assertThat(client.head().status()).isEqualTo(200);
            for (int i = 0; i < 4; i++) {
                assertThat(client.read(1)).isEqualTo("x");
                plane.clock.advance(Duration.ofMillis(100));
                next.release(i < 3 ? 1 : 0);
            }
            assertThat(plane.whileTimePasses(client::readToEnd)).isEmpty();
        }
    }

    @Test
    void a_503_of_a_backend_is_tried_again_for_a_get_and_never_for_a_post() {
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> exchange.send(
                exchange.number() % 2 == 1
                        ? "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
                        : ScriptedUpstream.ok("well")))) {
            plane.to(upstream);

            assertThat(plane.get("/").body()).isEqualTo("well");
            assertThat(upstream.requests()).hasSize(2);
            assertThat(WireClient.exchange(plane.port, TestPlane.request("POST", "/"))
                            .body())
                    .isEqualTo("busy");
            assertThat(upstream.requests()).hasSize(3);
        }
    }

    @Test
    void a_dead_upstream_of_several_costs_no_call() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(group(
                    Balancing.ROUND_ROBIN,
                    new Upstream("http://127.0.0.1:" + unusedPort(), 1, null),
                    new Upstream(upstream.url(), 1, null)));

            for (int i = 0; i < 10; i++) {
                assertThat(plane.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void turns_and_weights_are_kept_across_calls_and_changes_of_routes() {
        try (ScriptedUpstream a = ScriptedUpstream.saying(ScriptedUpstream.ok("a"));
                ScriptedUpstream b = ScriptedUpstream.saying(ScriptedUpstream.ok("b"))) {
            ApiRoute turns =
                    group(Balancing.ROUND_ROBIN, new Upstream(a.url(), 1, null), new Upstream(b.url(), 1, null));
            plane.routes(turns);
            StringBuilder order = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                order.append(plane.get("/").body());
                plane.routes(turns);
            }
            assertThat(order.toString()).isIn("ababab", "bababa");

            plane.routes(group(Balancing.WEIGHTED, new Upstream(a.url(), 3, null), new Upstream(b.url(), 1, null)));
            Map<String, Integer> counts = new HashMap<>();
            for (int i = 0; i < 20; i++) {
                counts.merge(plane.get("/").body(), 1, Integer::sum);
            }
            assertThat(counts).containsEntry("a", 15).containsEntry("b", 5);
        }
    }

    @Test
    void an_upstream_that_fails_its_health_checks_gets_no_calls_until_it_is_well() {
        boolean[] well = {true, true};
        try (ScriptedUpstream a = checked(well, 0);
                ScriptedUpstream b = checked(well, 1);
                HealthMonitor monitor = new HealthMonitor(
                        plane.upstreams, plane.forwarding.guard(), Duration.ofMillis(20), Duration.ofSeconds(5))) {
            plane.routes(
                    group(Balancing.ROUND_ROBIN, new Upstream(a.url(), 1, "/well"), new Upstream(b.url(), 1, "/well")));
            assertThat(monitor).isNotNull();
            well[0] = false;
            awaitHealthy(0, false);
            for (int i = 0; i < 6; i++) {
                assertThat(plane.get("/").body()).isEqualTo("1");
            }

            well[1] = false;
            awaitHealthy(1, false);
            Answer none = plane.get("/");
            assertThat(none.status()).isEqualTo(503);
            assertThat(none.body()).isEqualTo("All upstreams unavailable");
            FiveHeaders.assertIn(none);

            well[0] = true;
            awaitHealthy(0, true);
            assertThat(plane.get("/").body()).isEqualTo("0");
        }
    }

    private static ScriptedUpstream checked(boolean[] well, int index) {
        return ScriptedUpstream.of(exchange -> exchange.send(
                exchange.request().line().contains("/well") && !well[index]
                        ? "HTTP/1.1 500 Ill\r\nContent-Length: 0\r\n\r\n"
                        : ScriptedUpstream.ok(Integer.toString(index))));
    }

    private void awaitHealthy(int index, boolean wanted) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> plane.upstreams.servers().stream()
                        .filter(server -> server.name().equals("g#" + (index + 1)))
                        .allMatch(server -> server.isHealthy() == wanted));
    }

    @Test
    void retries_are_a_share_of_live_calls() {
        RetryBudget budget = new RetryBudget(20);
        for (int i = 0; i < 20; i++) {
            assertThat(budget.acquire(100)).isTrue();
        }
        assertThat(budget.acquire(100)).isFalse();
        budget.release();
        assertThat(budget.acquire(100)).isTrue();
        assertThat(new RetryBudget(0).acquire(100)).isFalse();
    }

    private static ApiRoute route(ScriptedUpstream upstream, Timeouts timeouts) {
        return TestPlane.route(
                "r1", "/", upstream.url(), Set.of(), true, List.of(), Balancing.ROUND_ROBIN, false, timeouts);
    }

    private static ApiRoute group(Balancing balancing, Upstream... upstreams) {
        return TestPlane.route(
                "g",
                "/",
                "http://unused.example",
                Set.of(),
                true,
                List.of(upstreams),
                balancing,
                false,
                TestPlane.TIMEOUTS);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void a_probe_that_becomes_a_websocket_is_an_answer() {
        boolean[] well = {false};
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (!well[0]) {
                        exchange.send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
                    } else if (exchange.request().has("Upgrade")) {
                        exchange.send(
                                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                    } else {
                        exchange.send(ScriptedUpstream.ok("well"));
                    }
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            for (int i = 0; i < 5; i++) {
                plane.get("/");
            }
            well[0] = true;
            plane.clock.advance(Duration.ofSeconds(30));
            client.send(
                    TestPlane.request("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"));
            assertThat(client.head().status()).isEqualTo(101);

            assertThat(plane.get("/").body()).isEqualTo("well");
            assertThat(plane.upstreams.breakers().getFirst().state()).isEqualTo(CircuitBreaker.State.CLOSED);
        }
    }

    @Test
    void an_upstream_that_drips_does_not_stop_the_checks_of_others() throws Exception {
        boolean[] well = {false};
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedUpstream dead = checked(well, 0);
                ServerSocket dripping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                HealthMonitor monitor = new HealthMonitor(
                        plane.upstreams, plane.forwarding.guard(), Duration.ofMillis(20), Duration.ofSeconds(1))) {
            Thread.ofVirtual().start(() -> drip(dripping, over));
            plane.routes(group(
                    Balancing.ROUND_ROBIN,
                    new Upstream("https://127.0.0.1:" + dripping.getLocalPort(), 1, "/well"),
                    new Upstream(dead.url(), 1, "/well")));
            assertThat(monitor).isNotNull();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> plane.upstreams.servers().stream().noneMatch(UpstreamServer::isHealthy));
        } finally {
            over.countDown();
        }
    }

    /** To each client the head of a long TLS record, and then a byte now and then. */
    private static void drip(ServerSocket listener, CountDownLatch over) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.getOutputStream().write(new byte[] {0x16, 3, 3, 0x40, 0});
                        while (!over.await(100, TimeUnit.MILLISECONDS)) {
                            socket.getOutputStream().write(2);
                        }
                    } catch (IOException e) {
                        // the gateway gave up
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
        } catch (IOException e) {
            // closed
        }
    }
}
