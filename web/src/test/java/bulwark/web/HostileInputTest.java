package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.WireSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostileInputTest {
    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private int port;

    @BeforeEach
    void listen() {
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, 2, 2, 2, 100, 500, 10);
        part.with(
                Route.open("GET", "/open", r -> TestService.text("open")),
                Route.authenticated("GET", "/things/{id}", "test", r -> TestService.text(r.pathParameter("id"))),
                Route.authenticated("POST", "/echo", "test", TestService.echo()));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void twenty_thousand_headers_are_431_with_security_headers() {
        StringBuilder flood = new StringBuilder("GET /open HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 20_000; i++) {
            flood.append("X-Flood-").append(i).append(": 1\r\n");
        }
        assertThat(WireSocket.answerTo(port, flood.append("\r\n").toString()))
                .startsWith("HTTP/1.1 431")
                .contains("x-frame-options: DENY", "x-request-id: ", "connection: close")
                .endsWith("headers_too_large");
    }

    @Test
    void a_long_target_is_414() {
        for (int length : List.of(8 * 1024 + 1, 100_000)) {
            assertThat(WireSocket.answerTo(port, "GET /" + "a".repeat(length) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 414")
                    .contains("x-frame-options: DENY");
        }
    }

    @Test
    void a_body_one_byte_too_large_is_413_by_its_length_alone_and_while_it_streams() {
        String tooLarge = "x".repeat((1 << 20) + 1);
        assertThat(WireSocket.answerTo(
                        port,
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + tooLarge.length() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(WireSocket.answerTo(
                        port,
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + tooLarge.length() + "\r\n\r\n"
                                + tooLarge))
                .startsWith("HTTP/1.1 413");
        assertThat(WireSocket.answerTo(
                        port,
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(tooLarge.length()) + "\r\n" + tooLarge + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("x-frame-options: DENY");
    }

    @Test
    void a_client_that_is_still_sending_reads_its_413() throws Exception {
        Process curl = new ProcessBuilder(
                        "sh",
                        "-c",
                        "head -c 40000000 /dev/zero | curl -s -o /dev/null -w '%{http_code}' -H 'Transfer-Encoding: chunked'"
                                + " -H 'Expect:' --data-binary @- http://127.0.0.1:" + port + "/echo")
                .start();
        assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("413");
    }

    @Test
    void the_body_that_fits_exactly_is_taken_and_100_continue_is_sent_first() {
        try (WireSocket client = new WireSocket(port)) {
            client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n"
                    + "Content-Length: 1048576\r\n\r\n");
            client.readUntil("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("x".repeat(1 << 20));
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200").endsWith("xxx");
        }
    }

    @Test
    void smuggling_attempts_are_400_and_the_connection_ends() {
        String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
        String smuggled = "GET /things/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (String attempt : List.of(
                head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
                head + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
                head + "Content-Length: 4, 5\r\n\r\nabcde",
                head + "Content-Length: +4\r\n\r\nabcd",
                head + "Content-Length: -4\r\n\r\nabcd",
                head + "Content-Length: 4\n\r\n\r\nabcd",
                head + "Content-Length : 4\r\n\r\nabcd",
                head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                head + "Transfer-Encoding: chunked\r\n\r\n4\nabcd\n0\n\n",
                head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n0\r\n\r\n",
                head + "Transfer-Encoding: chunked\r\n\r\n4;a=\nb\r\nabcd\r\n0\r\n\r\n",
                head + "X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
                head + "X-Folded: a\r\n\tb\r\nContent-Length: 0\r\n\r\n",
                head + ": x\r\nContent-Length: 0\r\n\r\n",
                head + "X(Y): x\r\nContent-Length: 0\r\n\r\n",
                head + "X\u00e9: x\r\nContent-Length: 0\r\n\r\n",
                head + "X-Nul: a\u0000b\r\nContent-Length: 0\r\n\r\n",
                "POST /echo HTTP/1.1\nHost: localhost\n\n",
                "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
            String answers = WireSocket.answerTo(port, attempt + smuggled);
            assertThat(answers).as(attempt).startsWith("HTTP/1.1 400").doesNotContain("200 OK");
            assertThat(answers).as(attempt).contains("x-frame-options: DENY");
        }
    }

    @Test
    void a_folded_line_that_comes_in_two_packets_is_refused_too() {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /open HTTP/1.1\r\nHost: localhost\r\nX-Folded: a\r\n");
            client.send(" b\r\n\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void a_body_may_hold_lines_that_begin_with_a_space() {
        String body = "a\r\n b\r\n\r\n\tc\n";
        assertThat(WireSocket.answerTo(
                        port,
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body))
                .startsWith("HTTP/1.1 200")
                .endsWith(body);
    }

    @Test
    void missing_and_double_hosts_and_odd_targets_are_400() {
        for (String bad : List.of(
                "GET /open HTTP/1.1\r\n\r\n",
                "GET /open HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /open HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET /open HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
                "GET http://localhost/open HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET open HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /open#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /op\u00e9n HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /open HTTP/1.7\r\nHost: localhost\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            String request = bad.contains("Authorization") ? bad.replace("/open", "/things/1") : bad;
            assertThat(WireSocket.answerTo(port, request)).as(request).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void an_upgrade_is_not_taken() {
        assertThat(WireSocket.answerTo(
                        port,
                        "GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void random_bytes_and_mutated_requests_never_hang_and_never_give_5xx() {
        Random random = new Random(20_260_101);
        byte[] seed = ("POST /echo?a=%20b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
                        + "3\r\nabc\r\n0\r\n\r\nGET /things/%41 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 150; round++) {
            byte[] bytes = round % 3 == 0 ? new byte[random.nextInt(400)] : seed.clone();
            if (round % 3 == 0) {
                random.nextBytes(bytes);
            } else {
                for (int i = 0; i <= random.nextInt(4); i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            try (WireSocket client = new WireSocket(port)) {
                client.send(bytes);
                client.endOutput();
                assertThat(client.readToEnd()).as("round %s", round).doesNotContain("HTTP/1.1 5");
            }
        }
        assertThat(WireSocket.answerTo(port, "GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }
}
