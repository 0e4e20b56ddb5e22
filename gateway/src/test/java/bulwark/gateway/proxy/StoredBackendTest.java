package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import bulwark.gateway.proxy.WireClient.Answer;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A backend that stands in the table, however it came there, at the moment of a call. */
class StoredBackendTest {
    private static final long LARGE_BYTES = 200L << 20;
    private static final long MAX_HELD_BYTES = 32L << 20;

    private TestPlane plane;

    @BeforeEach
    void start() {
        plane = new TestPlane(TestPlane.open(), List.of());
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    static Stream<Arguments> rowsOfBlocked() {
        return Stream.of(
                arguments("X1", "http://127.0.0.1:8080/secret"),
                arguments("X1", "http://localhost:8080"),
                arguments("X2", "http://10.0.0.1"),
                arguments("X2", "http://10.255.255.255:9200"),
                arguments("X3", "http://172.16.0.1"),
                arguments("X3", "http://172.31.255.255"),
                arguments("X4", "http://192.168.0.1"),
                arguments("X4", "http://192.168.255.255"),
                arguments("X5", "http://169.254.169.254/latest/meta-data"),
                arguments("X6", "http://[::1]:8080"),
                arguments("X10", "http://[fd00::1]"),
                arguments("X10", "http://[fdff:ffff::1]"),
                arguments("X10", "http://[fc00::1]"),
                arguments("X11", "http://2130706433"),
                arguments("X11", "http://0x7f000001"),
                arguments("X12", "http://127.1"),
                arguments("X12", "http://0"),
                arguments("X12", "http://0.0.0.0"),
                arguments("X13", "http://[::ffff:127.0.0.1]"),
                arguments("X13", "http://[::ffff:7f00:1]"),
                arguments("X13", "http://[::ffff:a9fe:a9fe]"),
                arguments("X13", "http://[::ffff:10.0.0.1]"),
                arguments("X14", "http://[0:0:0:0:0:0:0:1]"),
                arguments("X14", "http://[::]"),
                arguments("X14", "http://[::127.0.0.1]"),
                arguments("X15", "http://[fe80::1]"),
                arguments("X16", "http://[64:ff9b::7f00:1]"),
                arguments("X16", "http://[64:ff9b::a9fe:a9fe]"),
                arguments("X16", "http://[2002:7f00:1::]"),
                arguments("X17", "http://LOCALHOST"),
                arguments("X17", "http://localhost."),
                arguments("X17", "http://app.localhost"),
                arguments("X17", "http://localhost.localdomain"),
                arguments("X20", "http://%31%32%37.0.0.1"),
                arguments("X21", "http://127\u30020\u30020\u30021"),
                arguments("X23", "http://100.64.0.1"),
                arguments("X23", "http://100.100.100.200"),
                arguments("X23", "http://192.0.0.192"),
                arguments("X23", "http://168.63.129.16"),
                arguments("X23", "http://198.18.0.1"),
                arguments("X23", "http://224.0.0.1"),
                arguments("X23", "http://255.255.255.255"),
                arguments("X24", "http://metadata.google.internal"),
                arguments("X24", "http://metadata"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rowsOfBlocked")
    void a_forbidden_backend_is_403_at_the_call_and_never_dialled(String row, String url) {
        plane.routes(TestPlane.route("r1", "/", url));

        Answer answer = plane.get("/");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("Backend URL blocked: private/internal IP range");
        FiveHeaders.assertIn(answer);
    }

    static Stream<Arguments> rowsOfUnreadable() {
        return Stream.of(
                arguments("X7", "not-a-url"),
                arguments("X7", ""),
                arguments("X11", "http://0177.0.0.1"),
                arguments("X15", "http://[fe80::1%25eth0]"),
                arguments("X18", "http://user:pw@127.0.0.1"),
                arguments("X18", "http://127.0.0.1@example.com"),
                arguments("X19", "http://127.0.0.1\\@example.com"),
                arguments("X22", "file:///etc/passwd"),
                arguments("X22", "gopher://127.0.0.1:6379/_"),
                arguments("X32", "http://api.example.com/\r\nX: y"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rowsOfUnreadable")
    void what_programs_read_differently_comes_into_no_table(String row, String url) {
        assertThatThrownBy(() -> plane.routes(TestPlane.route("r1", "/", url))).isInstanceOf(RuntimeException.class);
        assertThat(plane.get("/").status()).isEqualTo(404);
    }

    @DisplayName("X29: a redirect to an internal address is passed on and not followed")
    @Test
    void x29_a_redirect_to_an_internal_address_is_passed_on_and_not_followed() {
        String redirect = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
        try (TestPlane allowing = new TestPlane();
                ScriptedUpstream upstream = ScriptedUpstream.saying(redirect)) {
            allowing.to(upstream);

            Answer answer = allowing.get("/");

            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.value("Location")).isEqualTo("http://169.254.169.254/");
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @DisplayName("P16: 200 megabytes pass within the memory of a few buffers")
    @Test
    void p16_200_megabytes_pass_within_the_memory_of_a_few_buffers() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (TestPlane allowing = new TestPlane();
                ScriptedUpstream upstream =
                        ScriptedUpstream.of(exchange -> write(exchange.socket().getOutputStream(), sent));
                WireClient client = new WireClient(allowing.port)) {
            allowing.to(upstream);
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();

            client.send(TestPlane.request("GET", "/")).head();
            InputStream in = client.socket().getInputStream();
            byte[] part = new byte[64 << 10];
            long received = 0;
            long ahead = 0;
            long held = 0;
            while (received < LARGE_BYTES) {
                received += in.readNBytes(part, 0, part.length);
                ahead = Math.max(ahead, sent.get() - received);
                held = Math.max(held, PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before);
            }

            assertThat(received).isEqualTo(LARGE_BYTES);
            assertThat(held).as("memory of buffers").isLessThan(MAX_HELD_BYTES);
            assertThat(ahead).as("bytes that the backend was ahead").isLessThan(MAX_HELD_BYTES);
        }
    }

    private static void write(OutputStream out, AtomicLong sent) throws IOException {
        out.write(
                ("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_BYTES + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] part = new byte[64 << 10];
        for (long left = LARGE_BYTES; left > 0; left -= part.length) {
            out.write(part);
            sent.addAndGet(part.length);
        }
        out.flush();
    }
}
