package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.Timeouts;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The header rules on every answer that a listener can give: each cause of an answer, over each protocol, read from the wire. */
class HeadersTest {
    private static final String EVIL =
            "X-Frame-Options: ALLOWALL\r\nStrict-Transport-Security: max-age=0\r\nServer: x/1.2\r\n"
                    + "X-Powered-By: y\r\nX-Stoa-Trace-Id: z\r\nReferrer-Policy: unsafe-url\r\n";

    private enum Protocol {
        PLAIN,
        REDIRECTING,
        TLS,
        HTTP_2;

        boolean isSecure() {
            return this == TLS || this == HTTP_2;
        }
    }

    /** Why an answer is as it is. */
    private enum Cause {
        CODEC_400(400, "GET", "/up", "broken", ""),
        AMBIGUOUS_400(400, "GET", "/up//b"),
        UNKNOWN_401(401, "GET", "/up", "x-refuse", "401"),
        FORBIDDEN_403(403, "GET", "/up", "x-refuse", "403"),
        BLOCKED_403(403, "GET", "/blocked"),
        NO_ROUTE_404(404, "GET", "/none"),
        METHOD_405(405, "DELETE", "/get"),
        SLOW_HEAD_408(408, "GET", "/up", "unfinished", ""),
        SLOW_BODY_408(408, "POST", "/echo/", "content-length", "5"),
        BODY_413(413, "POST", "/up", "content-length", "99999999"),
        TARGET_414(414, "GET", "/" + "a".repeat(8_200)),
        QUOTA_429(429, "GET", "/up", "x-refuse", "429"),
        HEADERS_431(431, "GET", "/up", "x-long", "a".repeat(17_000)),
        STAGE_500(500, "GET", "/up", "x-refuse", "500"),
        METHOD_501(501, "TRACE", "/up"),
        VERSION_505(505, "GET", "/up", "version", ""),
        DEAD_502(502, "GET", "/dead"),
        LYING_502(502, "GET", "/up/lying"),
        INACTIVE_503(503, "GET", "/inactive"),
        SILENT_504(504, "GET", "/up/silent"),
        REDIRECT_308(308, "GET", "/up"),
        ENDPOINT_200(200, "GET", "/health"),
        ENDPOINT_BODY_200(200, "GET", "/metrics"),
        ENDPOINT_405(405, "PUT", "/health"),
        PROXIED_200(200, "GET", "/up"),
        PROXIED_HEAD_200(200, "HEAD", "/up"),
        PROXIED_304(304, "GET", "/up/304"),
        PROXIED_404(404, "GET", "/up/404"),
        PROXIED_500(500, "POST", "/up/500", "content-length", "0"),
        CHUNKED_200(200, "GET", "/up/chunked"),
        EVENT_STREAM_200(200, "GET", "/up/events"),
        TORN_200(200, "GET", "/up/torn"),
        UPGRADE_REFUSED_426(426, "GET", "/up/426", "connection", "Upgrade", "upgrade", "websocket"),
        SWITCHED_101(101, "GET", "/up/101", "connection", "Upgrade", "upgrade", "websocket");

        private final int status;
        private final String method;
        private final String path;
        private final String[] fields;

        Cause(int status, String method, String path, String... fields) {
            this.status = status;
            this.method = method;
            this.path = path;
            this.fields = fields;
        }

        boolean has(String field) {
            return Arrays.asList(fields).contains(field);
        }

        /** Some belong to one protocol alone. */
        boolean applies(Protocol protocol) {
            boolean ofHttp1 = has("unfinished") || has("version") || has("upgrade");
            if (protocol == Protocol.REDIRECTING) {
                return this == REDIRECT_308
                        || this == ENDPOINT_200
                        || this == ENDPOINT_405
                        || has("broken")
                        || has("unfinished")
                        || this == TARGET_414
                        || this == HEADERS_431
                        || this == VERSION_505;
            }
            return this != REDIRECT_308 && !(protocol == Protocol.HTTP_2 && ofHttp1);
        }

        private List<String> lines() {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < fields.length; i += 2) {
                if (!fields[i + 1].isEmpty()) {
                    lines.add(fields[i] + ": " + fields[i + 1]);
                }
            }
            return lines;
        }

        String http1() {
            String head = TestPlane.request(method, path, lines().toArray(String[]::new));
            if (has("broken")) {
                return head.replace("Host: gateway.test\r\n", "");
            }
            if (has("unfinished")) {
                return head.substring(0, head.length() - 4);
            }
            return has("version") ? head.replace("HTTP/1.1", "HTTP/3.0") : head;
        }

        String[] http2() {
            List<String> list =
                    new ArrayList<>(List.of(":method", method, ":scheme", "https", ":authority", "gateway.test"));
            if (!has("broken")) {
                list.addAll(List.of(":path", path));
            }
            for (int i = 0; i < fields.length; i += 2) {
                if (!fields[i + 1].isEmpty()) {
                    list.addAll(List.of(fields[i], fields[i + 1]));
                }
            }
            return list.toArray(String[]::new);
        }
    }

    private static final CountDownLatch NEVER = new CountDownLatch(1);

    @TempDir
    static Path directory;

    private static SecurePlane plane;
    private static ScriptedUpstream upstream;
    private static int redirecting;

    @BeforeAll
    static void open() throws IOException {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            String refuse = call.head().value("x-refuse");
            call.addAnswerField("X-RateLimit-Limit", "60");
            return refuse == null ? StageResult.PASS : new StageResult.Refuse(refusal(refuse));
        });
        plane = new SecurePlane(directory, pipeline);
        redirecting = plane.test.plane.listenRedirecting("127.0.0.1", 0, plane.port);
        upstream = ScriptedUpstream.of(HeadersTest::answer);
        int dead;
        try (ServerSocket socket = new ServerSocket(0)) {
            dead = socket.getLocalPort();
        }
        plane.test.routes(
                TestPlane.route("all", "/up", upstream.url()),
                route("get", upstream.url(), Set.of("GET"), true),
                route("inactive", upstream.url(), Set.of(), false),
                route("blocked", "http://10.0.0.1", Set.of(), true),
                route("dead", "http://127.0.0.1:" + dead, Set.of(), true));
    }

    private static ApiRoute route(String id, String url, Set<String> methods, boolean activated) {
        Timeouts timeouts =
                new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ZERO);
        return TestPlane.route(
                id, "/" + id, url, methods, activated, List.of(), Balancing.ROUND_ROBIN, false, timeouts);
    }

    private static GatewayRefusal refusal(String status) {
        return switch (status) {
            case "401" -> new GatewayRefusal.Unauthenticated("token_expired", "Token expired", "Bearer");
            case "403" -> new GatewayRefusal.Forbidden("no", "No.", null);
            case "429" -> new GatewayRefusal.QuotaExceeded("Too many.", 7);
            default -> throw new IllegalStateException("planted");
        };
    }

    private static void answer(ScriptedUpstream.Exchange exchange) throws IOException, InterruptedException {
        String path = exchange.request().line().split(" ")[1];
        switch (path) {
            case "/304" -> exchange.send("HTTP/1.1 304 Not Modified\r\n" + EVIL + "\r\n");
            case "/404" -> exchange.send("HTTP/1.1 404 Not Found\r\n" + EVIL + "Content-Length: 1\r\n\r\nx");
            case "/500" -> exchange.send("HTTP/1.1 500 Oops\r\n" + EVIL + "Content-Length: 1\r\n\r\nx");
            case "/426" -> exchange.send("HTTP/1.1 426 Upgrade Required\r\n" + EVIL + "Content-Length: 1\r\n\r\nx");
            case "/101" ->
                exchange.send("HTTP/1.1 101 Switching Protocols\r\n" + EVIL
                        + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            case "/chunked" ->
                exchange.send("HTTP/1.1 200 OK\r\n" + EVIL + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
            case "/events" ->
                exchange.send("HTTP/1.1 200 OK\r\n" + EVIL
                        + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
            case "/torn" -> {
                exchange.send("HTTP/1.1 200 OK\r\n" + EVIL + "Content-Length: 9\r\n\r\nhalf");
                exchange.close();
            }
            case "/lying" ->
                exchange.send("HTTP/1.1 200 OK\r\n" + EVIL + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx");
            case "/silent" -> NEVER.await();
            default ->
                exchange.send("HTTP/1.1 200 OK\r\n" + EVIL + "Content-Length: 1\r\n\r\n"
                        + (exchange.request().line().startsWith("HEAD") ? "" : "x"));
        }
    }

    @AfterAll
    static void close() {
        NEVER.countDown();
        plane.close();
        upstream.close();
    }

    static Stream<Arguments> answers() {
        return Arrays.stream(Protocol.values())
                .flatMap(protocol -> Arrays.stream(Cause.values())
                        .filter(cause -> cause.applies(protocol))
                        .map(cause -> Arguments.of(protocol, cause)));
    }

    @DisplayName("H5, H6: every answer bears the headers once")
    @ParameterizedTest(name = "{1} over {0}")
    @MethodSource("answers")
    void every_answer_bears_the_headers_once(Protocol protocol, Cause cause) {
        plane.test.clock.advance(Duration.ofMinutes(2)); // No failure of another test opens a circuit.
        Answer answer = cause.status == 408 || cause.status == 504
                ? plane.test.whileTimePasses(() -> head(protocol, cause))
                : head(protocol, cause);

        assertThat(answer.status()).isEqualTo(cause.status);
        FiveHeaders.assertIn(answer);
        assertThat(answer.values("X-Stoa-Trace-Id")).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(answer.values("Date")).hasSize(1);
        if (protocol.isSecure()) {
            assertThat(answer.values("Strict-Transport-Security"))
                    .containsExactly("max-age=31536000; includeSubDomains");
        } else {
            assertThat(answer.has("Strict-Transport-Security")).isFalse();
        }
        assertThat(answer.fields()).noneMatch(HeadersTest::namesAFramework);
    }

    private static boolean namesAFramework(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        return Stream.of("netty", "jetty", "vert.x", "java").anyMatch(lower::contains);
    }

    private static Answer head(Protocol protocol, Cause cause) {
        if (protocol == Protocol.HTTP_2) {
            try (FrameClient client = plane.connect()) {
                return client.head(
                        client.open(!cause.has("content-length") || cause.method.equals("GET"), cause.http2()));
            }
        }
        try (WireClient client = switch (protocol) {
            case TLS -> new WireClient(TestAuthority.connect(plane.port, "http/1.1"));
            case REDIRECTING -> new WireClient(redirecting);
            default -> new WireClient(plane.test.port);
        }) {
            return client.send(cause.http1()).head();
        }
    }
}
