package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.Principal;
import bulwark.testkit.WireSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EdgeLimitsTest {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    private final TestService part = new TestService();
    private final Edge edge = Edge.create();

    @AfterEach
    void close() {
        edge.close();
    }

    private int listen() {
        part.with(
                Route.open("GET", "/open", r -> TestService.text("open")),
                Route.open("POST", "/open", TestService.echo()),
                Route.authenticated("GET", "/me", "test", r -> TestService.text("me")),
                Route.authenticated("DELETE", "/me", "test", r -> TestService.text("gone")),
                Route.authenticated("POST", "/echo", "test", TestService.echo()));
        return edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @Test
    void a_body_where_none_belongs_is_refused_from_the_head_without_waiting_for_it() {
        int port = listen();
        for (String start : List.of("GET /open", "HEAD /open", "GET /me", "DELETE /me")) {
            for (String framing : List.of("Content-Length: 1000000", "Transfer-Encoding: chunked")) {
                assertThat(WireSocket.answerTo(port, start + HOST + framing + "\r\n\r\n"))
                        .as(start + " " + framing)
                        .startsWith("HTTP/1.1 413");
            }
        }
    }

    @Test
    void an_open_route_takes_a_few_kilobytes_and_no_more() {
        int port = listen();
        String close = "Connection: close\r\nContent-Length: ";
        assertThat(WireSocket.answerTo(port, "POST /open" + HOST + close + "4096\r\n\r\n" + "x".repeat(4096)))
                .startsWith("HTTP/1.1 200");
        assertThat(WireSocket.answerTo(port, "POST /open" + HOST + close + "4097\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(WireSocket.answerTo(
                        port,
                        "POST /open" + HOST + "Transfer-Encoding: chunked\r\n\r\n2000\r\n" + "x".repeat(0x2000)
                                + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void unfinished_bodies_of_unknown_callers_do_not_stop_known_ones() {
        int port = listen();
        List<WireSocket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 61; i++) {
                WireSocket stranger = new WireSocket(port);
                strangers.add(stranger);
                stranger.trySend("GET /open" + HOST + "Content-Length: 1048576\r\n\r\n" + "x".repeat(200_000));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(WireSocket.answerTo(
                                port, "POST /echo" + HOST + "Connection: close\r\nContent-Length: 2\r\n\r\nhi"))
                        .startsWith("HTTP/1.1 200");
            }
        } finally {
            strangers.forEach(WireSocket::close);
        }
    }

    @Test
    void open_routes_are_limited_by_the_address_that_calls() {
        part.limits = Service.Limits.defaults().withOpenPerSecond(1);
        int port = listen();
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            answers.append(WireSocket.answerTo(port, "GET /open" + HOST + "Connection: close\r\n\r\n"));
        }
        assertThat(answers).contains("HTTP/1.1 200", "HTTP/1.1 429");
        assertThat(part.refusals).contains("- quota_exceeded");
        assertThat(WireSocket.answerTo(port, "GET /me" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void without_authentication_a_page_of_another_origin_cannot_write() {
        int port = listen();
        String rest = "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi";
        for (String origin : List.of("https://evil.example", "null", "http://localhost:1")) {
            assertThat(WireSocket.answerTo(port, "POST /echo" + HOST + "Origin: " + origin + "\r\n" + rest))
                    .startsWith("HTTP/1.1 403")
                    .contains("foreign_origin");
        }
        assertThat(WireSocket.answerTo(port, "POST /echo" + HOST + "Origin: http://localhost\r\n" + rest))
                .startsWith("HTTP/1.1 200");
        assertThat(WireSocket.answerTo(port, "POST /echo" + HOST + rest)).startsWith("HTTP/1.1 200");
    }

    @Test
    void answers_together_hold_no_more_than_their_share_and_the_rest_are_refused() {
        long whole = Runtime.getRuntime().maxMemory() / 4;
        int piece = (int) Math.min(whole / 8, 64 << 20);
        part.anonymous = new Principal("agent:greedy", "default", Set.of("read"), null);
        part.with(Route.authenticated("GET", "/big", "test", r -> {
            r.memory().take(10L * piece);
            return TestService.text("never");
        }));
        int port = listen();
        assertThat(WireSocket.answerTo(port, "GET /big" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("too_complex");
        assertThat(part.refusals).contains("agent:greedy too_complex");
        assertThat(WireSocket.answerTo(port, "GET /me" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void connections_are_limited_by_the_descriptors_of_the_process(@TempDir Path folder) throws IOException {
        Path limits = Files.writeString(
                folder.resolve("limits"),
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max open files            256                  4096                 files\n");
        assertThat(DescriptorLimit.connections(limits)).isEqualTo(160);
        assertThat(DescriptorLimit.connections(folder.resolve("absent"))).isEqualTo(Integer.MAX_VALUE);
    }
}
