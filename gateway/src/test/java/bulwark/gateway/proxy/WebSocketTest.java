package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.ConnectionHooks;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketTest {
    private static final Timeouts NEVER_IDLE =
            new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO);
    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
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

    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    /** "Going away". */
    private static final String GOING_AWAY = "\u0088\u0002\u0003\u00e9";

    private static void open(WireClient client) {
        client.send(TestPlane.request("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"));
        assertThat(client.head().status()).isEqualTo(101);
    }

    @Test
    void the_bytes_of_a_websocket_and_of_an_event_stream_are_told_when_they_end() {
        List<CallOutcome> ended = new CopyOnWriteArrayList<>();
        List<GatewayCall> lasting = new CopyOnWriteArrayList<>();
        ConnectionHooks hooks = new ConnectionHooks(RequestStage.PASS, call -> {}, lasting::add, head -> {});
        CallPipeline pipeline =
                TestPlane.open().withHooks(hooks).withEndListeners(List.of(call -> ended.add(call.outcome())));
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    if (!exchange.request().has("Upgrade")) {
                        exchange.send(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + "9\r\ndata: 1\n\n\r\n");
                        while (exchange.socket().getInputStream().read() >= 0) {}
                        return;
                    }
                    exchange.send(SWITCHED + "hello");
                    exchange.send(new String(exchange.socket().getInputStream().readNBytes(4)));
                    exchange.close();
                })) {
            own.routes(TestPlane.route(
                    "r1", "/", upstream.url(), Set.of(), true, List.of(), Balancing.RANDOM, false, NEVER_IDLE));
            try (WireClient client = new WireClient(own.port)) {
                open(client);
                assertThat(client.read(5)).isEqualTo("hello");
                assertThat(client.send("ping").readToEnd()).isEqualTo("ping");
            }
            Awaitility.await().until(() -> ended.size() == 1);
            assertThat(ended.getFirst().requestBytes()).isEqualTo(4);
            assertThat(ended.getFirst().responseBytes()).isEqualTo(9);
            try (WireClient client = new WireClient(own.port)) {
                client.send(TestPlane.request("GET", "/"));
                assertThat(client.head().status()).isEqualTo(200);
                client.read(5);
                own.clock.advance(Duration.ofSeconds(6));
                Awaitility.await().until(() -> lasting.size() == 1);
            }
            Awaitility.await().until(() -> ended.size() == 2);
            assertThat(ended.getLast().complete()).isFalse();
            assertThat(ended.getLast().responseBytes()).isEqualTo(9);
        }
    }

    @Test
    void a_silent_websocket_ends() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(SWITCHED);
                    while (exchange.socket().getInputStream().read() >= 0) {}
                    ended.countDown();
                });
                WireClient client = new WireClient(plane.port)) {
            plane.to(upstream);
            open(client);

            assertThat(plane.whileTimePasses(client::readToEnd)).isEqualTo(GOING_AWAY);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"'',true", "'\u0081\u0004de',false"})
    void a_websocket_ends_with_the_credential_of_its_caller(String sent, boolean politely) {
        AtomicBoolean revoked = new AtomicBoolean();
        List<GatewayCall> opened = new CopyOnWriteArrayList<>();
        StageResult refused = new StageResult.Refuse(new GatewayRefusal.Forbidden("revoked", "Revoked.", null));
        CallPipeline pipeline = TestPlane.open()
                .withHooks(new ConnectionHooks(
                        call -> revoked.get() ? refused : StageResult.PASS, opened::add, call -> {}, head -> {}));
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(SWITCHED + sent);
                    exchange.socket().getInputStream().read();
                });
                WireClient client = new WireClient(own.port)) {
            own.routes(TestPlane.route(
                    "r1", "/", upstream.url(), Set.of(), true, List.of(), Balancing.RANDOM, false, NEVER_IDLE));
            open(client);
            assertThat(opened).hasSize(1);
            assertThat(client.read(sent.length())).isEqualTo(sent);
            own.clock.advance(Duration.ofHours(1));
            own.get("/health");
            revoked.set(true);

            assertThat(own.whileTimePasses(client::readToEnd)).isEqualTo(politely ? GOING_AWAY : "");
        }
    }

    @Test
    void an_event_stream_ends_with_the_credential_of_its_caller() {
        AtomicBoolean revoked = new AtomicBoolean();
        StageResult refused = new StageResult.Refuse(new GatewayRefusal.Forbidden("revoked", "Revoked.", null));
        CallPipeline pipeline = TestPlane.open()
                .withHooks(ConnectionHooks.NONE.withRecheck(call -> revoked.get() ? refused : StageResult.PASS));
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange -> {
                    exchange.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "9\r\ndata: 1\n\n\r\n");
                    exchange.socket().getInputStream().read();
                });
                WireClient client = new WireClient(own.port)) {
            own.to(upstream);
            client.send(TestPlane.request("GET", "/"));
            assertThat(client.head().status()).isEqualTo(200);
            revoked.set(true);

            assertThat(own.whileTimePasses(client::readToEnd)).doesNotContain("0\r\n\r\n");
        }
    }
}
