package bulwark.doctor.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetPart;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A target may be anything: closed, endless, or somebody who sends the doctor elsewhere. */
@Timeout(60)
class ProbeClientTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    private static ProbeClient client(URI base) {
        Target target = new Target(
                "one",
                Optional.empty(),
                Map.of("p", new TargetPart("p", Map.of("plain_url", base.toString()), List.of())));
        return new ProbeClient(target, "visit-1");
    }

    private LoopbackServer answering(String... parts) {
        return LoopbackServer.start(connection -> {
            InputStream in = connection.getInputStream();
            byte[] head = new byte[8192];
            received.add(new String(head, 0, Math.max(0, in.read(head)), StandardCharsets.US_ASCII));
            for (String part : parts) {
                connection.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    private static URI base(LoopbackServer server) {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    @Test
    void requests_are_marked_and_counted_and_redirects_are_not_followed() throws Exception {
        try (LoopbackServer server =
                        answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
                ProbeClient client = client(base(server))) {
            assertThat(client.get(base(server), "/x", SecretBytes.ofText("k")).status())
                    .isEqualTo(302);
            assertThat(received.take()).contains("Bulwark-Doctor-Visit: visit-1", "Authorization: Bearer k");
            assertThat(client.sent()).isEqualTo(1);
        }
    }

    @Test
    void nothing_is_sent_to_an_address_that_the_target_does_not_name() throws Exception {
        try (LoopbackServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProbeClient client = client(URI.create("http://127.0.0.1:1"))) {
            assertThatThrownBy(() -> client.get(base(server), "/", SecretBytes.ofText("k")))
                    .hasMessageContaining("no address of the target");
            assertThatThrownBy(() -> RawExchange.http(client, base(server), "/", "localhost"))
                    .hasMessageContaining("no address of the target");
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void an_endless_body_ends_at_a_megabyte() throws Exception {
        String[] parts = new String[40];
        java.util.Arrays.fill(parts, "x".repeat(100_000));
        parts[0] = "HTTP/1.1 200 OK\r\n\r\n";
        try (LoopbackServer server = answering(parts);
                ProbeClient client = client(base(server))) {
            assertThatThrownBy(() -> client.get(base(server), "/", null)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_closed_port_and_a_silent_one_are_told_apart_from_an_answer() throws Exception {
        URI closed = URI.create("http://127.0.0.1:" + bulwark.testkit.FreePort.next());
        try (ProbeClient client = client(closed)) {
            assertThatThrownBy(() -> client.get(closed, "/", null)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> RawExchange.http(client, closed, "/", "localhost"))
                    .hasMessageContaining("takes no connection");
        }
        try (LoopbackServer server = answering();
                ProbeClient client = client(base(server))) {
            assertThat(RawExchange.send(client, base(server), new byte[] {1})).isEmpty();
        }
    }

    @Test
    void a_visit_sends_no_more_than_its_budget() throws Exception {
        try (LoopbackServer server = answering("x");
                ProbeClient client = client(base(server))) {
            for (int i = 0; i < RequestBudget.MAX_REQUESTS; i++) {
                assertThat(RawExchange.send(client, base(server), new byte[] {1}))
                        .hasSize(1);
            }
            assertThatThrownBy(() -> client.get(base(server), "/", null)).hasMessageContaining("--only");
            assertThat(client.sent()).isEqualTo(RequestBudget.MAX_REQUESTS);
        }
    }
}
