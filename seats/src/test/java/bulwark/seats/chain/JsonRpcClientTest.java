package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JsonRpcClientTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: ";

    /** What a server does once it has the request. */
    @FunctionalInterface
    private interface Behaviour {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    private static RpcFailed.Kind kind(Duration timeout, Behaviour behaviour) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    behaviour.answer(socket.getOutputStream());
                    // Closed with bytes unread, the connection would be reset and the answer lost.
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    // the client went away, as it should
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/key-in-a-path");
            try (JsonRpcClient client = new JsonRpcClient(new RpcEndpoint("one", uri), timeout)) {
                RpcFailed failed = catchThrowableOfType(RpcFailed.class, () -> client.call("eth_chainId"));
                assertThat(failed)
                        .hasMessageStartingWith("one eth_chainId: ")
                        .satisfies(each -> assertThat(each.toString()).doesNotContain("key-in-a-path"));
                return failed.kind();
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Test
    void every_odd_answer_has_a_kind_of_its_own() throws Exception {
        Duration timeout = Duration.ofSeconds(10);
        assertThat(kind(timeout, out -> write(out, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")))
                .isEqualTo(RpcFailed.Kind.STATUS);
        assertThat(kind(timeout, out -> write(out, "HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")))
                .as("a redirect is not followed")
                .isEqualTo(RpcFailed.Kind.STATUS);
        assertThat(kind(timeout, out -> write(out, OK + "100\r\n\r\n{\"id\":1,")))
                .isEqualTo(RpcFailed.Kind.UNREACHABLE);
        assertThat(kind(timeout, out -> write(out, OK + "1\r\n\r\n{"))).isEqualTo(RpcFailed.Kind.NOT_JSON);
        assertThat(kind(timeout, out -> write(out, OK + "2\r\n\r\n[]"))).isEqualTo(RpcFailed.Kind.NOT_AN_ANSWER);
        assertThat(kind(timeout, out -> write(out, OK + "8\r\n\r\n{\"id\":1}")))
                .isEqualTo(RpcFailed.Kind.NOT_AN_ANSWER);
        assertThat(kind(timeout, out -> write(out, OK + "19\r\n\r\n{\"id\":1,\"error\":{}}")))
                .isEqualTo(RpcFailed.Kind.ERROR);
        assertThat(kind(timeout, out -> {
                    write(out, OK + (EndpointClient.MAX_ANSWER_BYTES + 2) + "\r\n\r\n");
                    out.write(new byte[EndpointClient.MAX_ANSWER_BYTES + 2]);
                }))
                .isEqualTo(RpcFailed.Kind.TOO_LARGE);
    }

    /** The server goes on for longer than this class may take: closing the client does not wait for it either. */
    @Test
    void the_deadline_holds_for_the_whole_answer_and_not_only_for_its_first_byte() throws Exception {
        assertThat(kind(Duration.ofMillis(500), out -> {
                    write(out, OK + "100000\r\n\r\n");
                    for (int i = 0; i < 5_000; i++) {
                        write(out, " ");
                        Thread.sleep(20);
                    }
                }))
                .isEqualTo(RpcFailed.Kind.TIMED_OUT);
    }

    @Test
    void nobody_there_is_a_kind_too() {
        try (JsonRpcClient client =
                new JsonRpcClient(new RpcEndpoint("gone", URI.create("http://127.0.0.1:1")), Duration.ofSeconds(5))) {
            assertThat(catchThrowableOfType(RpcFailed.class, () -> client.call("eth_chainId"))
                            .kind())
                    .isEqualTo(RpcFailed.Kind.UNREACHABLE);
        }
    }

    @Test
    void hostile_bytes_become_a_result_or_a_kind_and_nothing_else() {
        byte[] seed = ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"number\":\"0x1\",\"hash\":\"0x" + "a".repeat(64)
                        + "\",\"parentHash\":\"0x" + "b".repeat(64)
                        + "\",\"timestamp\":\"0x5\",\"baseFeePerGas\":\"0x7\"}}")
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(7);
        int good = 0;
        try (JsonRpcClient client =
                new JsonRpcClient(new RpcEndpoint("fuzz", URI.create("http://127.0.0.1:1")), Duration.ofSeconds(5))) {
            RpcValues values = new RpcValues(client, "eth_getBlockByNumber");
            for (int i = 0; i < 20_000; i++) {
                byte[] answer = seed.clone();
                answer[random.nextInt(answer.length)] = (byte) random.nextInt(256);
                try {
                    var block = client.result("eth_getBlockByNumber", 1, answer);
                    values.number(block.path("number"), "number");
                    values.hash(block.path("hash"), "hash");
                    values.quantity(block.path("baseFeePerGas"), "baseFeePerGas");
                    good++;
                } catch (RpcFailed expected) {
                    assertThat(expected.kind()).isNotNull();
                }
            }
        }
        assertThat(good).isPositive();
    }
}
