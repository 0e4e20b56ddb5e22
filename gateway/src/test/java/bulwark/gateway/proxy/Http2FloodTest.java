package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.CONTINUATION;
import static bulwark.gateway.proxy.FrameEncoding.DATA;
import static bulwark.gateway.proxy.FrameEncoding.END_HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.END_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.ENHANCE_YOUR_CALM;
import static bulwark.gateway.proxy.FrameEncoding.HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.PING;
import static bulwark.gateway.proxy.FrameEncoding.PRIORITY;
import static bulwark.gateway.proxy.FrameEncoding.PROTOCOL_ERROR;
import static bulwark.gateway.proxy.FrameEncoding.RST_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.SETTINGS;
import static bulwark.gateway.proxy.FrameEncoding.WINDOW_UPDATE;
import static bulwark.gateway.proxy.FrameEncoding.frame;
import static bulwark.gateway.proxy.FrameEncoding.list;
import static bulwark.gateway.proxy.FrameEncoding.number;
import static bulwark.gateway.proxy.FrameEncoding.request;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.http2.Http2Limits;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Floods of frames: the sender loses its connection, and a call on another one notices nothing. */
class Http2FloodTest {
    /** One more than any budget gives for nothing. */
    private static final int RETRY_PERCENT = 20;

    private static final int FLOOD = Http2Limits.STANDARD.freeFrames() + 1;

    @TempDir
    Path directory;

    private final CountDownLatch release = new CountDownLatch(1);
    private SecurePlane plane;
    private ScriptedUpstream upstream;

    @BeforeEach
    void open() {
        plane = new SecurePlane(directory);
        upstream = ScriptedUpstream.of(exchange -> {
            release.await();
            exchange.send(ScriptedUpstream.ok("late"));
        });
        plane.test.to(upstream);
    }

    @AfterEach
    void close() {
        release.countDown();
        plane.close();
        upstream.close();
    }

    private static byte[] joined(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    private static Arguments flood(String reason, IntFunction<byte[]> frames) {
        return Arguments.of(reason, frames);
    }

    /** @return the bytes of each repetition, by its number from 0; client streams from 3 on are free */
    static Stream<Arguments> floods() {
        byte[] get = list(request("GET", "/"));
        byte[] promised = list(request("POST", "/", "content-length", "1"));
        return Stream.of(
                flood(
                        "rapid_reset",
                        i -> joined(
                                frame(HEADERS, END_HEADERS | END_STREAM, 3 + 2 * i, get),
                                frame(RST_STREAM, 0, 3 + 2 * i, number(8)))),
                flood(
                        "made_you_reset",
                        i -> joined(
                                frame(HEADERS, END_HEADERS, 3 + 2 * i, promised),
                                frame(DATA, 0, 3 + 2 * i, new byte[2]))),
                flood("settings", i -> frame(SETTINGS, 0, 0, new byte[0])),
                flood("ping", i -> frame(PING, 0, 0, new byte[8])),
                flood("priority", i -> frame(PRIORITY, 0, 3 + 2 * i, new byte[5])),
                flood("window_update", i -> frame(WINDOW_UPDATE, 0, 0, number(1))),
                flood("empty_frame", i -> frame(DATA, 0, 1, new byte[0])),
                flood("empty_frame", i -> frame(HEADERS, END_HEADERS | END_STREAM, 3 + 2 * i, new byte[0])),
                flood("unknown_frame", i -> frame(200, 0, 0, new byte[3])),
                flood(
                        "continuation",
                        i -> i == 0
                                ? frame(HEADERS, 0, 3, list(request("GET", "/")))
                                : frame(CONTINUATION, 0, 3, new byte[0])));
    }

    @Test
    void a_header_block_that_does_not_end_ends_its_connection() {
        try (FrameClient client = plane.connect()) {
            client.trySend(frame(HEADERS, 0, 1, list(request("GET", "/"))));
            byte[] more = frame(CONTINUATION, 0, 1, list("x-a", "b".repeat(16_000)));
            for (int i = 0; i < 4 && client.trySend(more); i++) {}

            assertThat(client.awaitEnd()).isIn(PROTOCOL_ERROR, -1);
            assertThat(upstream.connections()).isZero();
        }
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("floods")
    void a_flood_costs_its_sender_the_connection_and_nobody_else_anything(String reason, IntFunction<byte[]> frames) {
        try (FrameClient neighbour = plane.connect();
                FrameClient attacker = plane.connect()) {
            int call = neighbour.get("/");
            assertThat(attacker.open(false, request("POST", "/"))).isEqualTo(1);
            for (int i = 0; i < FLOOD && attacker.trySend(frames.apply(i)); i++) {}

            // A reset may overtake the last frame when there is more than the gateway has read.
            assertThat(attacker.awaitEnd()).as(reason).isIn(ENHANCE_YOUR_CALM, -1);
            assertThat(plane.test.metrics.scrape()).contains("stoa_frame_floods_total{reason=\"" + reason + "\"} 1.0");
            release.countDown();
            assertThat(neighbour.answer(call).body()).isEqualTo("late");
            // One for each call at most, and for those that may be tried again while connecting takes long.
            assertThat(upstream.connections()).isLessThanOrEqualTo(FLOOD + FLOOD * RETRY_PERCENT / 100 + 2);
        }
    }

    @Test
    void calls_earn_what_a_busy_client_needs() {
        release.countDown();
        try (FrameClient client = plane.connect()) {
            for (int i = 0; i < 3 * FLOOD; i++) {
                int stream = client.get("/");
                assertThat(client.answer(stream).body()).isEqualTo("late");
                client.trySend(frame(WINDOW_UPDATE, 0, 0, number(4)));
                client.trySend(frame(PRIORITY, 0, stream, new byte[5]));
            }
            assertThat(client.answer(client.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void no_more_streams_are_open_than_announced() {
        try (FrameClient client = plane.connect()) {
            int streams = Http2Limits.STANDARD.concurrentStreams();
            for (int i = 0; i < streams; i++) {
                client.get("/");
            }
            int beyond = client.get("/");

            assertThat(client.awaitReset(beyond)).isEqualTo(7); // REFUSED_STREAM
            release.countDown();
            assertThat(client.answer(1).body()).isEqualTo("late");
        }
    }

    @Test
    void a_window_that_stays_closed_ends_its_stream() {
        release.countDown();
        try (FrameClient client = new FrameClient(TestAuthority.connect(plane.port, "h2"), 1)) {
            int stream = client.get("/");
            assertThat(client.body(stream, 1)).isEqualTo("l");

            assertThat(plane.test.whileTimePasses(() -> client.awaitReset(stream)))
                    .isGreaterThan(0);
            assertThat(client.answer(client.open(true, request("HEAD", "/health")))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_client_that_never_reads_is_not_answered_ahead_and_loses_its_connection() {
        plane.test.routes(TestPlane.route("elsewhere", "/elsewhere", upstream.url()));
        int calls = 40_000;
        try (FrameClient client = new FrameClient(TestAuthority.connect(plane.port, "h2"))) {
            client.receivesLittle();
            client.send(SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0, 0}); // No table, so that each answer is written out.
            byte[] head = list(request("HEAD", "/nothing"));
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                boolean taken = true;
                for (int i = 0; i < calls && taken; i += 200) {
                    int first = i;
                    taken = client.trySend(joined(IntStream.range(0, 200)
                            .mapToObj(k -> frame(HEADERS, END_HEADERS | END_STREAM, 2 * (first + k) + 1, head))
                            .toArray(byte[][]::new)));
                }
            });

            plane.test.whileTimePasses(() -> {
                sent.join();
                return plane.test.awaitNoConnection();
            });

            assertThat(plane.test.answered("none", "HEAD", 404)).isPositive().isLessThan(calls / 2);
        }
    }

    @Test
    void a_connection_whose_header_list_was_too_large_still_ends_when_it_is_idle() {
        try (FrameClient client = plane.connect()) {
            int stream = client.open(true, request("GET", "/", "x-a", "b".repeat(40_000)));
            assertThat(client.head(stream).status()).isEqualTo(431);

            assertThat(plane.test.whileTimePasses(client::awaitEnd)).isZero();
        }
    }

    @Test
    void a_body_that_comes_byte_by_byte_has_an_end() throws Exception {
        Semaphore arrived = new Semaphore(0);
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedUpstream slow = ScriptedUpstream.of(exchange -> {
                    while (exchange.socket().getInputStream().read() >= 0) {
                        arrived.release();
                    }
                    ended.countDown();
                });
                FrameClient client = plane.connect()) {
            plane.test.to(slow);
            // The script reads the body of a request with an expectation.
            int stream = client.open(false, request("POST", "/", "expect", "100-continue", "content-length", "1000"));
            Duration step = TestPlane.LIMITS.idleTimeout().minusMillis(100);
            long steps = TestPlane.LIMITS.bodyTimeout().dividedBy(step) + 1;
            for (int i = 0; i < steps; i++) {
                client.data(stream, "x", false);
                assertThat(arrived.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                plane.test.clock.advance(step);
            }

            assertThat(client.head(stream).status()).isEqualTo(408);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void trailers_that_are_too_large_end_their_call_and_leave_nothing_behind() {
        try (FrameClient client = plane.connect()) {
            int stream = client.open(false, request("POST", "/"));
            byte[] block = list("x-a", "b".repeat(40_000));
            client.send(HEADERS, END_STREAM, stream, Arrays.copyOf(block, 16_384));
            client.send(CONTINUATION, 0, stream, Arrays.copyOfRange(block, 16_384, 32_768));
            client.send(CONTINUATION, END_HEADERS, stream, Arrays.copyOfRange(block, 32_768, block.length));

            assertThat(client.awaitReset(stream)).isGreaterThan(0);
            assertThat(plane.test.whileTimePasses(client::awaitEnd)).isZero();
        }
    }
}
