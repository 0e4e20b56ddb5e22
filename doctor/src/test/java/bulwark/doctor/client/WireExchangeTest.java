package bulwark.doctor.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetPart;
import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests in bytes, and answers as they are on the wire, of servers that may be anything. */
@Timeout(60)
class WireExchangeTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    private WireAnswer asked(String answer, boolean stays) throws Exception {
        LoopbackServer server = LoopbackServer.start(connection -> {
            byte[] head = new byte[8192];
            received.add(new String(head, 0, connection.getInputStream().read(head), StandardCharsets.US_ASCII));
            OutputStream out = connection.getOutputStream();
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            if (stays) {
                int ignored = connection.getInputStream().read();
            }
        });
        URI base = URI.create("http://localhost:" + server.port());
        Target target = new Target(
                "one",
                Optional.empty(),
                Map.of("p", new TargetPart("p", Map.of("plain_url", base.toString()), List.of())));
        try (server;
                ProbeClient client = new ProbeClient(target, "visit-1")) {
            return new WireExchange(client, base, null, Clock.systemUTC()).ask("GET", "/x", "X-One: 1");
        }
    }

    @Test
    void a_request_is_marked_and_each_line_of_the_answer_is_seen() throws Exception {
        WireAnswer answer =
                asked("HTTP/1.1 200 OK\r\nX-Twice: a\r\nx-twice:  b \r\nContent-Length: 2\r\n\r\n{}", false);
        assertThat(received.take())
                .startsWith("GET /x HTTP/1.1\r\nHost: localhost:")
                .contains("\r\nBulwark-Doctor-Visit: visit-1\r\n", "\r\nConnection: close\r\n", "\r\nX-One: 1\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("X-Twice")).containsExactly("a", "b");
        assertThat(answer.value("absent")).isEmpty();
        assertThat(answer.json().isObject()).isTrue();
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void a_connection_that_stays_is_told_from_one_that_ends() throws Exception {
        assertThat(asked("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", true)
                        .closed())
                .isFalse();
    }

    @Test
    void what_is_no_answer_is_an_error_and_never_a_status() {
        for (String text : List.of("", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200", "HTTP/1.1 2x0 OK\r\n\r\n")) {
            assertThatThrownBy(() -> asked(text, false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not answer as HTTP/1.1");
        }
    }
}
