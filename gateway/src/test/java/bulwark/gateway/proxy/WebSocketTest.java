package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketTest {
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
}
