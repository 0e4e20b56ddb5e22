package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.PROTOCOL_ERROR;
import static bulwark.gateway.proxy.FrameEncoding.request;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that HTTP/2 forbids, and those that would become two when they are passed on in HTTP/1.1: no byte of them reaches an upstream. */
class Http2RequestTest {
    @TempDir
    Path directory;

    private SecurePlane plane;
    private ScriptedUpstream upstream;

    @BeforeEach
    void open() {
        plane = new SecurePlane(directory);
        upstream = ScriptedUpstream.of(exchange -> exchange.send(ScriptedUpstream.ok(
                exchange.request().line() + exchange.request().body())));
        plane.test.to(upstream);
    }

    @AfterEach
    void close() {
        plane.close();
        upstream.close();
    }

    private static Arguments shape(String what, String... list) {
        return Arguments.of(what, list);
    }

    private static Arguments with(String what, String... fields) {
        return Arguments.of(what, request("GET", "/", fields));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                shape("no method", ":scheme", "https", ":authority", "a", ":path", "/"),
                shape("no scheme", ":method", "GET", ":authority", "a", ":path", "/"),
                shape("no path", ":method", "GET", ":scheme", "https", ":authority", "a"),
                shape("no authority", ":method", "GET", ":scheme", "https", ":path", "/"),
                shape("empty authority", ":method", "GET", ":scheme", "https", ":authority", "", ":path", "/"),
                shape("empty path", ":method", "GET", ":scheme", "https", ":authority", "a", ":path", ""),
                shape("two paths", request("GET", "/", ":path", "/other")),
                shape("two methods", request("GET", "/", ":method", "POST")),
                shape("two authorities", request("GET", "/", ":authority", "gateway.test")),
                shape("pseudo-header of an answer", request("GET", "/", ":status", "200")),
                shape("unknown pseudo-header", request("GET", "/", ":own", "x")),
                shape(
                        "extended CONNECT",
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "https",
                        ":authority",
                        "a",
                        ":path",
                        "/"),
                shape(
                        "pseudo-header behind another",
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":authority",
                        "a",
                        "x-a",
                        "b",
                        ":path",
                        "/"),
                shape("another scheme", ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"),
                shape("user in the authority", ":method", "GET", ":scheme", "https", ":authority", "u@a", ":path", "/"),
                shape("URL as path", request("GET", "http://gateway.test/")),
                shape("relative path", request("GET", "apis")),
                shape("blank in the path", request("GET", "/a b")),
                shape("request line in the path", request("GET", "/ HTTP/1.1\r\nHost: evil\r\n\r\nGET /evil")),
                shape("blank in the method", request("GET /evil HTTP/1.1", "/")),
                shape("line end in the method", request("GET\r\n", "/")),
                shape(
                        "line end in the authority",
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":authority",
                        "a\r\nx: y",
                        ":path",
                        "/"),
                with("another host", "host", "evil.test"),
                with("two hosts", "host", "gateway.test", "host", "gateway.test"),
                with("upper case", "X-Own", "1"),
                with("empty name", "", "1"),
                with("blank in a name", "x own", "1"),
                with("colon in a name", "x: y", "1"),
                with("line end in a name", "x\r\ny", "1"),
                with("line end in a value", "x-own", "1\r\ncontent-length: 5"),
                with("line feed in a value", "x-own", "1\ny"),
                with("return in a value", "x-own", "1\ry"),
                with("NUL in a value", "x-own", "1\0y"),
                with("DEL in a value", "x-own", "1\u007fy"),
                with("blank before a value", "x-own", " 1"),
                with("tab behind a value", "x-own", "1\t"),
                with("connection", "connection", "close"),
                with("keep-alive", "keep-alive", "timeout=5"),
                with("proxy-connection", "proxy-connection", "keep-alive"),
                with("upgrade", "upgrade", "h2c"),
                with("transfer-encoding", "transfer-encoding", "chunked"),
                with("transfer_encoding", "transfer_encoding", "chunked"),
                with("te", "te", "gzip"),
                with("te with more", "te", "trailers, gzip"),
                with("two lengths", "content-length", "0", "content-length", "0"),
                with("two lengths in one", "content-length", "0, 0"),
                with("signed length", "content-length", "+0"),
                with("content_length", "content_length", "0"),
                with("a length without a body", "content-length", "5"),
                with("another expectation", "expect", "wonders"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void what_may_be_read_in_two_ways_is_400_and_goes_no_further(String what, String[] list) {
        try (FrameClient client = plane.connect()) {
            Answer answer = client.answer(client.open(true, list));

            assertThat(answer.status()).as(what).isEqualTo(400);
            assertThat(answer.value("x-stoa-refusal")).isEqualTo("malformed_request");
            assertThat(answer.body()).endsWith(".");
            FiveHeaders.assertIn(answer);
            assertThat(client.answer(client.get("/after")).body()).isEqualTo("GET /after HTTP/1.1");
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void a_body_that_is_not_as_long_as_it_says_is_reset_and_never_whole_for_the_upstream() {
        for (List<String> shape :
                List.of(List.of("5", "abc"), List.of("3", "abcdef"), List.of("0", "GET /evil HTTP/1.1"))) {
            try (FrameClient client = plane.connect()) {
                int stream =
                        client.openWithBody(shape.getLast(), request("POST", "/", "content-length", shape.getFirst()));

                assertThat(client.awaitReset(stream)).as("%s", shape).isEqualTo(PROTOCOL_ERROR);
                assertThat(client.answer(client.get("/after")).body()).isEqualTo("GET /after HTTP/1.1");
            }
        }
        assertThat(upstream.requests()).noneMatch(request -> request.line().contains("evil"));
        assertThat(upstream.requests()).noneMatch(request -> request.body().equals("abc"));
    }

    @Test
    void a_body_is_passed_in_chunks_of_our_own_whatever_is_in_it() {
        try (FrameClient client = plane.connect()) {
            String evil = "0\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n";
            int stream = client.open(false, request("POST", "/"));

            assertThat(client.data(stream, evil, true).answer(stream).body()).isEqualTo("POST / HTTP/1.1" + evil);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void trailers_that_http_2_forbids_reset_the_stream() {
        for (String[] trailers : List.of(new String[] {":path", "/"}, new String[] {"X-Upper", "1"}, new String[] {
            "x-own", "1\r\n\r\nGET /evil HTTP/1.1"
        })) {
            try (FrameClient client = plane.connect()) {
                int stream = client.open(false, request("POST", "/"));
                client.data(stream, "abc", false);
                client.send(
                        FrameEncoding.HEADERS,
                        FrameEncoding.END_HEADERS | FrameEncoding.END_STREAM,
                        stream,
                        FrameEncoding.list(trailers));

                assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);
            }
        }
        assertThat(upstream.requests())
                .noneMatch(request ->
                        request.line().contains("evil") || request.body().contains("["));
    }

    @Test
    void limits_of_the_head_have_their_own_statuses() {
        try (FrameClient client = plane.connect()) {
            assertLimit(client, 414, request("GET", "/" + "a".repeat(8_192)));
            assertLimit(client, 431, request("GET", "/", "x-long", "a".repeat(20_000)));
            // Beyond what the codec keeps of a list.
            assertLimit(client, 431, request("GET", "/", "x-long", "a".repeat(34_000)));
            assertLimit(client, 501, ":method", "CONNECT", ":authority", "a:443");
            String[] many = new String[210];
            for (int i = 0; i < many.length; i += 2) {
                many[i] = "x-" + i;
                many[i + 1] = "y";
            }
            assertLimit(client, 431, request("GET", "/", many));
            assertThat(client.answer(client.get("/after")).status()).isEqualTo(200);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    private static void assertLimit(FrameClient client, int status, String... list) {
        Answer answer = client.answer(client.open(true, list));
        assertThat(answer.status()).isEqualTo(status);
        FiveHeaders.assertIn(answer);
    }
}
