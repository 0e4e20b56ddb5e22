package bulwark.gateway.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.FreePort;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported is read by the programs that it is for, and does what the gateway does. */
class ExportTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private static ApiRoute route(String id, String prefix, String backend, Map<String, ?> more) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("path_prefix", prefix);
        fields.put("backend_url", backend);
        fields.putAll(more);
        return RouteJson.parse(StrictJson.write(fields));
    }

    private static List<ApiRoute> routes(int backend) {
        String url = "http://127.0.0.1:" + backend;
        return List.of(
                route("plain", "/apis/plain", url, Map.of()),
                route("deep", "/apis/plain/deep", url + "/deeper", Map.of("methods", List.of("GET", "HEAD"))),
                route("off", "/apis/off", url, Map.of("activated", false)),
                route(
                        "many",
                        "/apis/many",
                        url,
                        Map.of(
                                "load_balancer",
                                "least_conn",
                                "upstreams",
                                List.of(
                                        Map.of("url", url + "/v1", "weight", 2),
                                        Map.of("url", "http://127.0.0.2:9/v1")))),
                route("secure", "/apis/secure", "https://93.184.216.34/v2", Map.of("forward_authorization", true)));
    }

    @Test
    void routes_that_other_proxies_cannot_carry_out_are_refused_by_name() {
        assertThatThrownBy(() -> NginxExport.of(
                        List.of(
                                route("a", "/a", "http://a.example.com", Map.of("methods", List.of("GET"))),
                                route("b", "/a", "http://a.example.com", Map.of("methods", List.of("POST"))),
                                route("c", "/c d;}", "http://a.example.com", Map.of()),
                                route(
                                        "d",
                                        "/d",
                                        "http://a.example.com",
                                        Map.of(
                                                "upstreams",
                                                List.of(
                                                        Map.of("url", "http://a.example.com/1"),
                                                        Map.of("url", "https://a.example.com/2"))))),
                        new ExportOptions(8080, 8443, null, null)))
                .hasMessageContaining("routes a and b have one path_prefix")
                .hasMessageContaining("route c has characters")
                .hasMessageContaining("upstreams of the route d differ");
    }

    @Test
    void nginx_reads_its_configuration_with_tls() throws Exception {
        RequiredProgram.onThePath("nginx");
        Path pem = certificate();
        String text = NginxExport.of(routes(8081), new ExportOptions(18080, 18443, pem.toString(), pem.toString()));
        assertThat(text).contains("ssl_protocols TLSv1.2 TLSv1.3;", "return 308 https://$host:18443$request_uri;");
        Shell.Outcome outcome = Shell.run(folder, Map.of(), DEADLINE, nginx(text, "-t"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    @Test
    void haproxy_reads_its_configuration_with_tls() throws Exception {
        RequiredProgram.onThePath("haproxy");
        String text = HaproxyExport.of(
                routes(8081), new ExportOptions(18080, 18443, certificate().toString(), null));
        assertThat(text).contains("ssl-min-ver TLSv1.2", "redirect scheme https code 308");
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), text);
        Shell.Outcome outcome = Shell.run(folder, Map.of(), DEADLINE, List.of("haproxy", "-c", "-f", file.toString()));
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    }

    @Test
    void nginx_answers_as_the_gateway_does() throws Exception {
        RequiredProgram.onThePath("nginx");
        try (Backend backend = new Backend()) {
            int port = FreePort.next();
            String text = NginxExport.of(routes(backend.port()), new ExportOptions(port, 0, null, null));
            Process proxy = start(nginx(text));
            try {
                behavesLikeTheGateway(port);
            } finally {
                stop(proxy);
            }
        }
    }

    @Test
    void haproxy_answers_as_the_gateway_does() throws Exception {
        RequiredProgram.onThePath("haproxy");
        try (Backend backend = new Backend()) {
            int port = FreePort.next();
            Path file = Files.writeString(
                    folder.resolve("haproxy.cfg"),
                    HaproxyExport.of(routes(backend.port()), new ExportOptions(port, 0, null, null)));
            Process proxy = start(List.of("haproxy", "-db", "-f", file.toString()));
            try {
                behavesLikeTheGateway(port);
            } finally {
                stop(proxy);
            }
        }
    }

    private void behavesLikeTheGateway(int port) throws Exception {
        Awaitility.await()
                .atMost(DEADLINE)
                .ignoreExceptions()
                .until(() -> get(port, "/health").statusCode() == 200);
        HttpResponse<String> plain = get(port, "/apis/plain/x?q=1");
        assertThat(plain.body()).isEqualTo("GET /x?q=1 authorization=none tenant=none");
        assertThat(plain.headers().allValues("X-Frame-Options")).containsExactly("DENY");
        assertThat(plain.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(plain.headers().allValues("X-XSS-Protection")).containsExactly("0");
        assertThat(plain.headers().firstValue("Referrer-Policy")).contains("strict-origin-when-cross-origin");
        assertThat(plain.headers().firstValue("Permissions-Policy")).isPresent();
        assertThat(plain.headers().firstValue("X-Powered-By")).isEmpty();
        assertThat(get(port, "/apis/plain").body()).startsWith("GET / ");
        assertThat(get(port, "/apis/plain/deep").body()).startsWith("GET /deeper ");
        assertThat(get(port, "/apis/plain/deep/x").body()).startsWith("GET /deeper/x ");
        assertThat(get(port, "/apis/plain/deeper").body()).startsWith("GET /deeper ");
        assertThat(get(port, "/apis/plainer").statusCode()).isEqualTo(404);
        assertThat(get(port, "/apis/plainer").body()).isEqualTo("No matching API route");
        assertThat(get(port, "/apis/off/x").statusCode()).isEqualTo(503);
        HttpResponse<String> wrong = send(port, "POST", "/apis/plain/deep/x");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().allValues("Allow")).containsExactly("GET, HEAD");
        assertThat(wrong.headers().allValues("X-Frame-Options")).containsExactly("DENY");
        for (String ambiguous : List.of(
                "/apis/plain/%2e%2e/off",
                "/apis/plain/x%2Fy", "/apis//plain", "/apis/plain/..;/x", "/apis/plain/%5cx")) {
            HttpResponse<String> refused = get(port, ambiguous);
            assertThat(refused.statusCode()).as(ambiguous).isBetween(400, 404);
            assertThat(refused.headers().allValues("X-Frame-Options"))
                    .as(ambiguous)
                    .containsExactly("DENY");
        }
    }

    private static HttpResponse<String> get(int port, String target) throws IOException, InterruptedException {
        return send(port, "GET", target);
    }

    private static HttpResponse<String> send(int port, String method, String target)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .header("Authorization", "Bearer of-the-caller")
                .header("X-Tenant-ID", "forged")
                .method(method, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private List<String> nginx(String text, String... more) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "pid " + folder.resolve("nginx.pid") + ";\nerror_log " + folder.resolve("error.log") + ";\n"
                        + text.replace("http {\n", "http {\n    access_log off;\n" + temporary()));
        List<String> command = new java.util.ArrayList<>(List.of("nginx", "-c", file.toString(), "-g", "daemon off;"));
        command.addAll(List.of(more));
        return command;
    }

    private String temporary() {
        StringBuilder paths = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            paths.append("    ")
                    .append(kind)
                    .append("_temp_path ")
                    .append(folder.resolve(kind))
                    .append(";\n");
        }
        return paths.toString();
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.out").toFile())
                .start();
    }

    private static void stop(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor();
    }

    private Path certificate() throws Exception {
        RequiredProgram.onThePath("openssl");
        Path pem = folder.resolve("proxy.pem");
        Shell.Outcome made = Shell.bash(
                folder,
                Map.of(),
                DEADLINE,
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem"
                        + " -days 1 -subj /CN=localhost && cat cert.pem key.pem > proxy.pem");
        assertThat(made.exitCode()).as(made.err()).isZero();
        return pem;
    }

    /** Answers what it was asked. */
    private static final class Backend implements AutoCloseable {
        private final HttpServer server;

        Backend() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                String authorization = exchange.getRequestHeaders().getFirst("Authorization");
                String tenant = exchange.getRequestHeaders().getFirst("X-Tenant-ID");
                byte[] answer = (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " authorization="
                                + (authorization == null ? "none" : authorization) + " tenant="
                                + (tenant == null ? "none" : tenant))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("X-Powered-By", "a test");
                exchange.getResponseHeaders().add("X-Frame-Options", "ALLOWALL");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
