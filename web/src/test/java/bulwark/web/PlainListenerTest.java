package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.testkit.WireSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlainListenerTest {
    private final TestService part = new TestService();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Edge edge = Edge.create();
    private int port;

    @BeforeEach
    void listen() {
        part.with(
                Route.open("GET", "/open", r -> TestService.text("open")),
                Route.authenticated("GET", "/things/{id}", "test", r -> TestService.text(r.pathParameter("id"))),
                Route.authenticated("PUT", "/things/{id}", "test", TestService.echo()),
                Route.authenticated("POST", "/echo", "test", TestService.echo()),
                Route.authenticated(
                        "GET",
                        "/query",
                        "test",
                        r -> TestService.text(r.query("a").orElse("none") + r.queryAll("a"))),
                Route.authenticated("GET", "/broken", "test", r -> {
                    throw new IllegalStateException("a fault of ours");
                }),
                Route.authenticated("GET", "/void", "test", r -> Response.noContent()),
                Route.permitted("GET", "/secret", "admin", "test", r -> TestService.text("secret")),
                Route.authenticated("GET", "/federation/peers", "test", r -> TestService.text("peers")),
                Route.owner("POST", "/local/stop", r -> TestService.text("stopped")));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
        client.close();
    }

    @Test
    void a_route_answers_with_its_decoded_parameter() throws Exception {
        assertThat(get("/things/a%2Fb%20c").body()).isEqualTo("a/b c");
    }

    @Test
    void an_unknown_path_is_404_and_a_wrong_method_405_with_the_methods_that_work() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        HttpResponse<String> wrong = send(request("/things/1").DELETE());
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).contains("GET, PUT");
    }

    @Test
    void an_owner_route_does_not_exist_on_the_network() throws Exception {
        assertThat(send(request("/local/stop").POST(BodyPublishers.noBody())).statusCode())
                .isEqualTo(404);
    }

    @Test
    void head_is_answered_on_an_open_route_only() throws Exception {
        assertThat(send(request("/open").HEAD()).statusCode()).isEqualTo(200);
        assertThat(send(request("/things/1").HEAD()).statusCode()).isEqualTo(405);
    }

    @Test
    void a_body_comes_back_whole_in_one_piece_or_in_chunks() throws Exception {
        String text = "x".repeat(700_000);
        assertThat(send(request("/echo").POST(BodyPublishers.ofString(text))).body())
                .isEqualTo(text);
        assertThat(send(request("/echo")
                                .POST(BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(text.getBytes()))))
                        .body())
                .isEqualTo(text);
    }

    @Test
    void a_query_is_decoded_and_a_malformed_one_refused() throws Exception {
        assertThat(get("/query?a=1+%2b&b&a=2").body()).isEqualTo("1 +[1 +, 2]");
        assertThat(WireSocket.answerTo(port, head("GET", "/query?a=%zz"))).startsWith("HTTP/1.1 400");
    }

    @Test
    void malformed_percent_encoding_in_the_path_is_400() {
        for (String bad : List.of("%", "%2", "%zz", "%ff", "%00", "%c0%af")) {
            assertThat(WireSocket.answerTo(port, head("GET", "/things/" + bad)))
                    .as(bad)
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void a_handler_that_throws_is_rendered_by_the_part() throws Exception {
        HttpResponse<String> answer = get("/broken");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .isEqualTo(
                        "broken " + answer.headers().firstValue("x-request-id").orElseThrow());
    }

    @Test
    void no_content_has_no_length() throws Exception {
        HttpResponse<String> answer = get("/void");
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("content-length")).isEmpty();
    }

    @Test
    void a_harmless_request_id_is_echoed_and_a_hostile_one_replaced() throws Exception {
        assertThat(send(request("/open").header("X-Request-Id", "job-7.a_B"))
                        .headers()
                        .firstValue("x-request-id"))
                .contains("job-7.a_B");
        for (String bad : List.of("a b", "x".repeat(65), "<script>", "")) {
            assertThat(send(request("/open").header("X-Request-Id", bad))
                            .headers()
                            .firstValue("x-request-id")
                            .orElseThrow())
                    .matches("[0-9a-f]{16}");
        }
    }

    @Test
    void every_answer_has_the_security_headers_and_no_server_header() throws Exception {
        for (String path : List.of("/open", "/nothing", "/broken", "/void", "/secret")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.headers().map())
                    .as(path)
                    .containsEntry("x-content-type-options", List.of("nosniff"))
                    .containsEntry("x-frame-options", List.of("DENY"))
                    .containsEntry("content-security-policy", List.of("default-src 'none'; frame-ancestors 'none'"))
                    .containsEntry("referrer-policy", List.of("no-referrer"))
                    .containsEntry("cache-control", List.of("no-store"))
                    .containsEntry("cross-origin-resource-policy", List.of("same-origin"))
                    .doesNotContainKeys("server", "strict-transport-security");
        }
    }

    @Test
    void a_foreign_host_is_refused_and_an_allowed_one_served() {
        assertThat(WireSocket.answerTo(port, "GET /open HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 421")
                .endsWith("host_not_allowed");
        for (String good : List.of("localhost", "LOCALHOST:1", "[::1]:8000", "127.0.0.1:99", "node.example:8765")) {
            assertThat(WireSocket.answerTo(
                            port, "GET /open HTTP/1.1\r\nHost: " + good + "\r\nConnection: close\r\n\r\n"))
                    .as(good)
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_path_for_tls_only_is_refused_before_the_host_is_looked_at() {
        assertThat(WireSocket.answerTo(
                        port, "GET /federation/peers HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421")
                .endsWith("tls_required");
    }

    @Test
    void a_missing_permission_is_reported_with_the_principal() throws Exception {
        assertThat(get("/secret").statusCode()).isEqualTo(403);
        assertThat(part.refusals).containsExactly("anon:trusted permission_missing");
    }

    @Test
    void pipelined_requests_are_answered_in_order() {
        String all = WireSocket.answerTo(
                port,
                "GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\ntwo"
                        + "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + head("GET", "/things/last").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
        assertThat(all).containsSubsequence("200 OK", "two", "404", "not_found", "200 OK", "last");
    }

    @Test
    void a_fast_route_runs_on_the_loop_and_falls_back_to_a_virtual_thread() throws Exception {
        AtomicReference<String> first = new AtomicReference<>("");
        TestService quick = new TestService()
                .with(
                        Route.authenticated(
                                        "GET",
                                        "/hit",
                                        "test",
                                        r -> TestService.text("virtual "
                                                + Thread.currentThread().isVirtual()))
                                .onEventLoop(),
                        Route.authenticated("GET", "/miss", "test", r -> {
                                    if (!Thread.currentThread().isVirtual()) {
                                        first.set("loop");
                                        return null;
                                    }
                                    return TestService.text("virtual");
                                })
                                .onEventLoop());
        int other = edge.listenPlain(quick.build(), "127.0.0.1", 0);
        assertThat(get(other, "/hit").body()).isEqualTo("virtual false");
        assertThat(get(other, "/miss").body()).isEqualTo("virtual");
        assertThat(first).hasValue("loop");
    }

    @Test
    void latency_is_kept_by_template_and_never_by_raw_path() throws Exception {
        get("/things/1");
        get("/things/2");
        get("/nothing");
        assertThat(part.metrics.scrape())
                .contains(
                        "test_request_latency_seconds_count{method=\"GET\",route=\"/things/{id}\",status_code=\"200\"} 2")
                .contains("test_edge_refused_total{code=\"not_found\"} 1.0")
                .doesNotContain("/nothing");
    }

    @Test
    void a_port_in_use_is_named() {
        assertThatThrownBy(() -> {
                    try (Edge second = Edge.create()) {
                        second.listenPlain(part.build(), "127.0.0.1", port);
                    }
                })
                .isInstanceOf(Edge.EdgeFailed.class)
                .hasMessage("port " + port + " is in use by process "
                        + ProcessHandle.current().pid());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get(port, path);
    }

    private HttpResponse<String> get(int at, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String head(String method, String target) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
}
