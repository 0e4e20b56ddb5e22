package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.testkit.WireSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeaderPolicyTest {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();

    @AfterEach
    void close() {
        edge.close();
    }

    private static Response weak() {
        return TestService.text("weak")
                .with("Cache-Control", "public")
                .with("X-FRAME-OPTIONS", "ALLOWALL")
                .adding("content-security-policy", "default-src *")
                .with("Strict-Transport-Security", "max-age=0")
                .with("X-Request-Id", "mine")
                .with("Transfer-Encoding", "chunked")
                .with("Content-Length", "1")
                .with("X-Own", "kept");
    }

    private String get(int port, String path) {
        return WireSocket.answerTo(port, "GET " + path + HOST + "\r\n");
    }

    private static List<String> values(String answer, String name) {
        return answer.substring(0, answer.indexOf("\r\n\r\n"))
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .toList();
    }

    private static void hasTheStandardSetOnce(String answer) {
        assertThat(values(answer, "cache-control")).containsExactly("no-store");
        assertThat(values(answer, "x-frame-options")).containsExactly("DENY");
        assertThat(values(answer, "x-content-type-options")).containsExactly("nosniff");
        assertThat(values(answer, "referrer-policy")).containsExactly("no-referrer");
        assertThat(values(answer, "cross-origin-resource-policy")).containsExactly("same-origin");
        assertThat(values(answer, "strict-transport-security")).isEmpty();
        assertThat(values(answer, "content-security-policy"))
                .containsExactly("default-src 'none'; frame-ancestors 'none'");
    }

    @Test
    void a_handler_cannot_weaken_the_policy_and_its_attempt_is_counted() {
        int port =
                edge.listenPlain(part.with(Route.open("GET", "/", r -> weak())).build(), "127.0.0.1", 0);

        String answer = get(port, "/");

        hasTheStandardSetOnce(answer);
        assertThat(values(answer, "x-request-id")).hasSize(1).doesNotContain("mine");
        assertThat(values(answer, "transfer-encoding")).isEmpty();
        assertThat(values(answer, "content-length")).containsExactly("4");
        assertThat(values(answer, "x-own")).containsExactly("kept");
        assertThat(answer).endsWith("\r\n\r\nweak");
        assertThat(part.metrics.scrape())
                .contains("test_edge_header_dropped_total{header=\"cache-control\"} 1")
                .contains("test_edge_header_dropped_total{header=\"strict-transport-security\"} 1")
                .contains("test_edge_header_dropped_total{header=\"transfer-encoding\"} 1")
                .doesNotContain("header=\"x-own\"");
    }

    @Test
    void refusals_of_the_decoder_and_failures_bear_the_policy_too() {
        part.with(Route.open("GET", "/broken", r -> {
            throw new IllegalStateException("a fault of ours");
        }));
        int port = edge.listenPlain(part.build(), "127.0.0.1", 0);
        for (String request : List.of(
                "GET /nothing" + HOST + "\r\n",
                "GET /broken" + HOST + "\r\n",
                "rubbish\r\n\r\n",
                "GET / HTTP/1.1\r\nbad header\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "GET /" + "x".repeat(9_000) + HOST + "\r\n",
                "GET /" + HOST + "X: " + "y".repeat(20_000) + "\r\n\r\n")) {
            String answer = WireSocket.answerTo(port, request);
            assertThat(answer).as(request.strip()).matches("(?s)HTTP/1.1 [45].*");
            hasTheStandardSetOnce(answer);
        }
    }

    @Test
    void answers_on_the_local_socket_bear_the_policy_too(@TempDir Path folder) {
        Path socket = folder.resolve("owner.sock");
        List<Route> routes = List.of(Route.owner("GET", "/weak", r -> weak()));
        try (LocalSocket served = LocalSocket.listen(socket, routes, new TestService.Rendering())) {
            for (String path : List.of("/weak", "/nothing")) {
                Headers headers =
                        LocalSocket.call(socket, "GET", path, new byte[0]).headers();
                assertThat(headers.all("cache-control")).containsExactly("no-store");
                assertThat(headers.all("content-security-policy"))
                        .containsExactly("default-src 'none'; frame-ancestors 'none'");
                assertThat(headers.all("strict-transport-security")).isEmpty();
            }
        }
    }

    @Test
    void a_service_replaces_and_releases_headers_for_all_its_answers() {
        part.headers = HeaderPolicy.standard()
                .with("Content-Security-Policy", "default-src 'self'")
                .with("Permissions-Policy", "camera=()")
                .without("Cache-Control");
        part.with(Route.open("GET", "/", r -> weak()));
        int port = edge.listenPlain(part.build(), "127.0.0.1", 0);

        String answer = get(port, "/");

        assertThat(values(answer, "content-security-policy")).containsExactly("default-src 'self'");
        assertThat(values(answer, "permissions-policy")).containsExactly("camera=()");
        assertThat(values(answer, "cache-control")).containsExactly("public");
        assertThat(values(get(port, "/nothing"), "permissions-policy")).containsExactly("camera=()");
    }

    @Test
    void a_policy_holds_no_header_that_frames_the_message_and_no_line_break() {
        HeaderPolicy policy = HeaderPolicy.standard();
        for (String name : List.of("Content-Length", "transfer-encoding", "Set-Cookie", "a b", "")) {
            assertThatThrownBy(() -> policy.with(name, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> policy.with("x-a", "b\r\nc: d")).isInstanceOf(IllegalArgumentException.class);
    }
}
