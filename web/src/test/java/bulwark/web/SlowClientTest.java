package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.WireSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that keep a connection and say nothing, or little: of each kind one second is waited for. */
@Timeout(300)
class SlowClientTest {
    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private final CountDownLatch release = new CountDownLatch(1);
    private int port;

    @BeforeEach
    void listen() {
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, 1, 1, 1, 3, 500, 10);
        part.with(
                Route.open("GET", "/open", r -> TestService.text("open")),
                Route.open("GET", "/slow", r -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return TestService.text("slow but done");
                }),
                Route.authenticated("POST", "/echo", "test", TestService.echo()));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        release.countDown();
        edge.close();
    }

    @Test
    void a_connection_without_a_request_is_closed() {
        assertThat(WireSocket.answerTo(port, "")).isEmpty();
        assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"headers\"}");
    }

    @Test
    void headers_that_trickle_in_are_cut_off() {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /open HTTP/1.1\r\n");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !client.trySend("X"));
        }
    }

    @Test
    void headers_that_trickle_in_on_a_used_connection_are_cut_off() {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\nGET /open HT");
            client.readUntil("open");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !client.trySend("X"));
        }
    }

    @Test
    void a_body_that_does_not_come_is_not_waited_for() {
        assertThat(WireSocket.answerTo(port, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"))
                .isEmpty();
        assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"body\"}");
    }

    @Test
    void an_idle_connection_is_closed_after_its_answer() {
        assertThat(WireSocket.answerTo(port, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .endsWith("open");
        assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"idle\"}");
    }

    @Test
    void a_slow_handler_is_not_cut_off() {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Thread releasing = Thread.startVirtualThread(() -> {
                Awaitility.await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
                release.countDown();
            });
            assertThat(client.readToEnd()).endsWith("slow but done");
            releasing.interrupt();
        }
    }
}
