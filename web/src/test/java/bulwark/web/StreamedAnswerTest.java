package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.WireSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamedAnswerTest {
    private static final int MIB = 1 << 20;
    private static final String CLOSE = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private final AtomicLong written = new AtomicLong();
    private final CompletableFuture<IOException> gone = new CompletableFuture<>();
    private int port;

    @BeforeEach
    void listen() {
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, 8, 1, 60, 100, 500, 10);
        part.with(
                bytes("/short", BodyStream.PIECE_BYTES),
                bytes("/long", 3 * MIB + 17),
                bytes("/endless", 1 << 30),
                failing("/fails-early", 1000),
                failing("/fails-late", 2 * MIB));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
    }

    private Route bytes(String path, int length) {
        return Route.authenticated(
                "GET",
                path,
                "test",
                request -> Response.streamed(200, out -> {
                    byte[] some = "0123456789".repeat(100).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    try {
                        for (int left = length; left > 0; left -= some.length) {
                            out.write(some, 0, Math.min(left, some.length));
                            written.addAndGet(Math.min(left, some.length));
                        }
                    } catch (IOException e) {
                        gone.complete(e);
                        throw e;
                    }
                }));
    }

    private static Route failing(String path, int after) {
        return Route.authenticated(
                "GET",
                path,
                "test",
                request -> Response.streamed(200, out -> {
                    out.write(new byte[after]);
                    throw new IllegalStateException("the store is gone");
                }));
    }

    @Test
    void an_answer_of_one_piece_has_a_length() {
        assertThat(WireSocket.answerTo(port, "GET /short" + CLOSE))
                .startsWith("HTTP/1.1 200")
                .contains("content-length: " + BodyStream.PIECE_BYTES)
                .doesNotContain("chunked");
    }

    @Test
    void a_longer_answer_comes_whole_in_chunks_and_the_connection_goes_on() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/long"))
                .build();
        for (int i = 0; i < 3; i++) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.headers().firstValue("transfer-encoding")).contains("chunked");
            assertThat(answer.headers().firstValue("content-length")).isEmpty();
            assertThat(answer.headers().firstValue("x-content-type-options")).isPresent();
            assertThat(answer.body()).hasSize(3 * MIB + 17);
            assertThat(Arrays.copyOfRange(answer.body(), 1_000_000, 1_000_005))
                    .isEqualTo(new byte[] {'0', '1', '2', '3', '4'});
        }
    }

    @Test
    void a_client_of_http_1_0_reads_to_the_end_of_the_connection() {
        String answer = WireSocket.answerTo(port, "GET /long HTTP/1.0\r\nHost: localhost\r\n\r\n");
        assertThat(answer).doesNotContain("chunked");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(3 * MIB + 17);
    }

    @Test
    void a_reader_that_does_not_read_stops_the_writer_and_is_cut_off_in_time() throws Exception {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /endless" + CLOSE);
            client.readUntil("HTTP/1.1 200");
            assertThat(gone.get()).isInstanceOf(IOException.class);
        }
        // What the sockets of both sides hold, and one piece.
        assertThat(written.get()).isLessThan(64L * MIB);
        assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"reader\"}");
        assertThat(WireSocket.answerTo(port, "GET /short" + CLOSE)).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_reader_that_goes_away_ends_the_writer() throws Exception {
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /endless" + CLOSE);
            client.readUntil("HTTP/1.1 200");
        }
        assertThat(gone.get()).isInstanceOf(IOException.class);
        edge.drain(Duration.ofMinutes(5)); // returns at once when nothing is held
    }

    @Test
    void what_fails_in_the_first_piece_is_an_ordinary_refusal() {
        assertThat(WireSocket.answerTo(port, "GET /fails-early" + CLOSE))
                .startsWith("HTTP/1.1 500")
                .contains("broken");
    }

    @Test
    void an_answer_that_fails_later_does_not_look_complete() {
        String answer = WireSocket.answerTo(port, "GET /fails-late" + CLOSE);
        assertThat(answer).startsWith("HTTP/1.1 200").doesNotEndWith("\r\n0\r\n\r\n");
        assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"cut\"} 1");
    }

    @Test
    void more_slow_readers_than_may_work_at_once_leave_room_for_others() {
        ProcessLimits limits = new ProcessLimits(1);
        for (int i = 0; i < 2 * ProcessLimits.MAX_WORKING; i++) {
            ProcessLimits.Work work = limits.startWork();
            assertThat(work).isNotNull();
            work.close();
            work.close();
        }
    }
}
