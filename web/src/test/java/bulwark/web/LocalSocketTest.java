package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.access.Principal;
import bulwark.kernel.concurrent.EssentialThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests over an owner's socket: what is answered, refused and bounded. */
@Timeout(60)
class LocalSocketTest extends LocalSocketTestBase {
    @Test
    void an_error_while_a_caller_is_accepted_does_not_end_the_socket() throws Exception {
        server.close();
        UnixSocketFile address = UnixSocketFile.of(socket);
        ServerSocketChannel real = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        address.bind(real, 8);
        LocalExchange.SharedState served = new LocalExchange.SharedState(
                Router.of(routes),
                new TestService.Rendering(),
                new AuthenticatorChain(
                        List.of(new OwnerAuthenticator(new Principal(LocalSocket.OWNER, "default", Set.of(), null)))),
                new RequestIds(),
                LocalSocket.Limits.DEFAULT,
                null);
        server = new LocalSocket(address, new FailsTwice(real), served).start();

        assertThat(text(call("POST", "/local/echo", "{}"))).contains("{}");
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("local-socket"));
    }

    /** A virtual one would leave its poller in native code, and the JVM waits 300 ms for such threads before a command's process ends. */
    @Test
    void the_thread_that_accepts_is_one_of_the_platform() {
        assertThat(Thread.getAllStackTraces().keySet())
                .anyMatch(thread -> thread.getName().equals("local-socket"));
    }

    private static final class FailsTwice extends ServerSocketChannel {
        private final ServerSocketChannel real;
        private int failures;

        FailsTwice(ServerSocketChannel real) {
            super(real.provider());
            this.real = real;
        }

        @Override
        public SocketChannel accept() throws IOException {
            if (failures++ < 2) {
                throw new StackOverflowError("made up");
            }
            return real.accept();
        }

        @Override
        public ServerSocketChannel bind(SocketAddress local, int backlog) {
            return this;
        }

        @Override
        public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
            return this;
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return real.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return real.supportedOptions();
        }

        @Override
        public ServerSocket socket() {
            return real.socket();
        }

        @Override
        public SocketAddress getLocalAddress() throws IOException {
            return real.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            real.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            real.configureBlocking(block);
        }
    }

    private String raw(String bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            channel.shutdownOutput();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void the_owner_calls_a_route() {
        Response answer = call("POST", "/local/echo", "{\"a\":\"ü\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("{\"a\":\"ü\"}");
        assertThat(answer.contentType()).isEqualTo("text/plain");
        assertThat(answer.headers().all("x-content-type-options")).containsExactly("nosniff");
        assertThat(answer.headers().all("x-request-id")).hasSize(1);
        assertThat(text(call("GET", "/local/things/a%2Fb?q=1+2", ""))).isEqualTo("a/b 1 2 local:owner local -");
        assertThat(text(call("GET", "/v1/secret", ""))).isEqualTo("[admin]");
        assertThat(text(call("GET", "/pass", ""))).isEqualTo("second");
        assertThat(call("GET", "/big", "").body()).hasSize(5_000_000);
    }

    @Test
    void curl_calls_a_route() throws Exception {
        assertThat(curl("-H", "X-One: 1", "http://localhost/local/things/7")).isEqualTo("7 - local:owner local 1");
        assertThat(curl("--data-binary", "hello", "http://localhost/local/echo"))
                .isEqualTo("hello");
        assertThat(curl("-H", "Expect: 100-continue", "--data-binary", "hello", "http://localhost/local/echo"))
                .isEqualTo("hello");
        assertThat(curl("-w", "%{http_code}", "http://localhost/none")).isEqualTo("not_found404");
    }

    @Test
    void a_body_over_the_limit_is_refused_and_the_caller_learns_why() throws Exception {
        Path large = directory.resolve("large");
        Files.write(large, new byte[(1 << 20) + 1]);
        assertThat(curl("-H", "Expect:", "--data-binary", "@" + large, "http://localhost/local/echo"))
                .contains("body_too_large");
        assertThat(text(call("POST", "/local/echo", "x".repeat((1 << 20) + 1)))).isEqualTo("body_too_large");
        assertThat(text(call("POST", "/local/echo", "x".repeat(1 << 20)))).hasSize(1 << 20);
    }

    @Test
    void refusals_are_rendered_by_the_part() {
        assertThat(call("GET", "/none", "").status()).isEqualTo(404);
        Response wrong = call("DELETE", "/local/echo", "");
        assertThat(wrong.status()).isEqualTo(405);
        assertThat(wrong.headers().all("allow")).containsExactly("POST");
        Response broken = call("GET", "/broken", "");
        assertThat(broken.status()).isEqualTo(500);
        assertThat(text(broken)).startsWith("broken ").doesNotContain("inner");
    }

    @Test
    void malformed_requests_are_refused() throws IOException {
        for (String bytes : List.of(
                "GET  /x HTTP/1.1\r\n\r\n",
                "GET /x HTTP/2\r\n\r\n",
                "GET x HTTP/1.1\r\n\r\n",
                "GET /x?%zz HTTP/1.1\r\n\r\n",
                "GET /x HTTP/1.1\r\nbad header\r\n\r\n",
                "GET /x HTTP/1.1\r\na : b\r\n\r\n",
                "GET /x HTTP/1.1\r\na: b\r\n c\r\n\r\n",
                "GET /x HTTP/1.1\r\na: b\nc: d\r\n\r\n",
                "POST /local/echo HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx",
                "POST /local/echo HTTP/1.1\r\ncontent-length: -1\r\n\r\nx",
                "POST /local/echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")) {
            assertThat(raw(bytes)).as(bytes).startsWith("HTTP/1.1 400 ").contains("bad_request");
        }
        assertThat(raw("GET /x HTTP/1.1\r\na: " + "b".repeat(17_000) + "\r\n\r\n"))
                .contains("headers_too_large");
        assertThat(raw("GET /x HTTP/1.1\r\nhalf")).isEmpty();
        assertThat(raw("POST /local/echo HTTP/1.1\r\ncontent-length: 5\r\n\r\nhalf"))
                .isEmpty();
    }

    @Test
    void hostile_bytes_never_end_the_service() throws IOException {
        Random random = new Random(42);
        byte[] good = "POST /local/echo?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = good.clone();
            for (int n = random.nextInt(5); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(raw(new String(bytes, StandardCharsets.ISO_8859_1)))
                    .matches("(?s)|HTTP/1.1 (200|400|404|405|413|431) .*");
        }
        assertThat(text(call("POST", "/local/echo", "alive"))).isEqualTo("alive");
    }

    @Test
    void connections_beyond_the_limit_are_refused_until_others_end() throws IOException {
        List<SocketChannel> idle = new ArrayList<>();
        for (int i = 0; i < LocalSocket.Limits.DEFAULT.connections(); i++) {
            idle.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        }
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> call("GET", "/broken", ""));
        for (SocketChannel channel : idle) {
            channel.close();
        }
        await().ignoreExceptions().until(() -> call("GET", "/broken", "").status() == 500);
    }

    @Test
    void custom_limits_are_applied() throws IOException {
        Path other = directory.resolve("run/other.sock");
        var limits = new LocalSocket.Limits(1, 3 << 20);
        try (LocalSocket roomy = LocalSocket.listen(other, routes, new TestService.Rendering(), limits)) {
            byte[] body = ("\"" + "x".repeat(2 << 20) + "\"").getBytes(StandardCharsets.UTF_8);
            assertThat(LocalSocket.call(other, "POST", "/local/echo", body).status())
                    .isEqualTo(200);
            assertThat(LocalSocket.call(other, "POST", "/local/echo", new byte[(3 << 20) + 1])
                            .status())
                    .isEqualTo(413);
            assertThat(LocalSocket.call(other, "GET", "/broken", new byte[0]).status())
                    .isEqualTo(500);
            try (SocketChannel only = SocketChannel.open(UnixDomainSocketAddress.of(other))) {
                assertThatExceptionOfType(UncheckedIOException.class)
                        .isThrownBy(() -> LocalSocket.call(other, "GET", "/broken", new byte[0]));
                assertThat(only.isOpen()).isTrue();
            }
        }
    }

    @Test
    void a_caller_gives_up_after_its_timeout() {
        long begin = System.nanoTime();
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> LocalSocket.call(socket, "GET", "/slow", new byte[0], Duration.ofMillis(200)))
                .withMessageContaining("did not answer within");
        assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    }

    @Test
    void a_silent_caller_is_disconnected() throws IOException {
        try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            long begin = System.nanoTime();
            assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(System.nanoTime() - begin).isBetween(9_000_000_000L, 15_000_000_000L);
        }
    }
}
