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

/** Three connections and no more. No client is slow here: what is waited for ends long after the test, on a slow machine too. */
@Timeout(300)
class ConnectionLimitTest {
    private static final int SECONDS = 120;

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch allEntered = new CountDownLatch(3);
    private int port;

    @BeforeEach
    void listen() {
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, SECONDS, SECONDS, SECONDS, 3, 500, 10);
        part.with(Route.open("GET", "/open", r -> TestService.text("open")), Route.open("GET", "/slow", r -> {
            entered.countDown();
            allEntered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return TestService.text("slow but done");
        }));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        release.countDown();
        edge.close();
    }

    @Test
    void connections_past_the_limit_are_closed_at_once_while_all_others_are_busy() throws Exception {
        try (WireSocket first = new WireSocket(port);
                WireSocket second = new WireSocket(port);
                WireSocket third = new WireSocket(port)) {
            for (WireSocket client : new WireSocket[] {first, second, third}) {
                client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            allEntered.await();
            assertThat(WireSocket.answerTo(port, "")).isEmpty();
            assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"limit\"} 1");
        }
    }

    @Test
    void a_new_connection_past_the_limit_takes_the_place_of_the_one_that_is_idle_longest() {
        try (WireSocket first = new WireSocket(port);
                WireSocket second = new WireSocket(port);
                WireSocket third = new WireSocket(port)) {
            for (WireSocket client : new WireSocket[] {first, second, third}) {
                client.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
                client.readUntil("open");
            }
            assertThat(WireSocket.answerTo(port, "GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .endsWith("open");
            assertThat(part.metrics.scrape())
                    .contains("test_edge_closed_total{reason=\"displaced\"}")
                    .doesNotContain("reason=\"limit\"");
        }
    }

    @Test
    void draining_finishes_what_is_open_and_refuses_what_is_new() throws Exception {
        try (WireSocket open = new WireSocket(port);
                WireSocket late = new WireSocket(port)) {
            late.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
            late.readUntil("open");
            open.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            entered.await();
            Thread draining = Thread.startVirtualThread(() -> edge.drain(Duration.ofSeconds(60)));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> draining.getState() != Thread.State.RUNNABLE);
            late.trySend("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(late.readToEnd())
                    .satisfiesAnyOf(
                            answer -> assertThat(answer)
                                    .startsWith("HTTP/1.1 503")
                                    .contains("connection: close"),
                            answer -> assertThat(answer).isEmpty()); // closed as idle before it asked
            release.countDown();
            assertThat(open.readToEnd()).contains("connection: close").endsWith("slow but done");
            draining.join();
        }
    }
}
