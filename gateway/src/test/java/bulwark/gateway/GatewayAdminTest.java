package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.OperatorError;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin API of the whole gateway, on the port where the settings put it. */
class GatewayAdminTest {
    private static final String TOKEN = "an-admin-token-of-the-tests-0123456789";
    private static final String ROUTE =
            "{\"id\":\"a\",\"path_prefix\":\"/apis/a\",\"backend_url\":\"http://93.184.216.34/v1\"}";

    @TempDir
    private Path folder;

    private Gateway start(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(
                Map.of("STOA_PORT", "0", "STOA_STATE_DIR", folder.toString(), "STOA_ADMIN_API_TOKEN", TOKEN));
        environment.putAll(more);
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, Clock.systemUTC());
    }

    private static HttpResponse<String> call(int port, String method, String path, String body, String token)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofString());
    }

    @Test
    void it_stands_on_the_gateways_port_while_that_is_on_loopback() throws Exception {
        try (Gateway gateway = start(Map.of())) {
            HttpResponse<String> health = call(gateway.port(), "GET", "/admin/health", "", TOKEN);
            assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
            for (String header : List.of(
                    "X-Frame-Options",
                    "X-Content-Type-Options",
                    "X-XSS-Protection",
                    "Referrer-Policy",
                    "Permissions-Policy")) {
                assertThat(health.headers().allValues(header)).as(header).hasSize(1);
            }
            HttpResponse<String> refused = call(gateway.port(), "GET", "/admin/health", "", "guess");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).isEmpty();
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(call(gateway.port(), "POST", "/admin/apis", ROUTE, TOKEN).statusCode())
                    .isEqualTo(201);
        }
        try (Gateway again = start(Map.of())) {
            assertThat(call(again.port(), "GET", "/admin/apis/a", "", TOKEN).body())
                    .contains("93.184.216.34");
            assertThat(call(again.port(), "DELETE", "/admin/apis/a", "", TOKEN).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void a_page_whose_name_leads_to_loopback_reaches_no_admin_api() throws Exception {
        try (Gateway gateway = start(Map.of())) {
            for (String host : List.of("evil.example", "evil.example:80", "127.0.0.1.evil.example")) {
                assertThat(status(gateway.port(), host)).as(host).isEqualTo("HTTP/1.1 421");
            }
            for (String host : List.of("localhost:" + gateway.port(), "127.0.0.1", "[::1]:80")) {
                assertThat(status(gateway.port(), host)).as(host).isEqualTo("HTTP/1.1 200");
            }
        }
    }

    private static String status(int port, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            String request = "GET /admin/health HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + TOKEN
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void with_a_port_of_its_own_it_is_nowhere_else() throws Exception {
        int port = FreePort.next();
        try (Gateway gateway = start(Map.of("STOA_ADMIN_PORT", Integer.toString(port)))) {
            assertThat(call(port, "GET", "/admin/health", "", TOKEN).statusCode())
                    .isEqualTo(200);
            assertThat(call(gateway.port(), "GET", "/admin/health", "", TOKEN).body())
                    .doesNotContain("routes_count");
        }
    }

    @Test
    void a_port_that_is_taken_is_told_by_its_setting() {
        try (Gateway first = start(Map.of())) {
            assertThatThrownBy(() -> start(Map.of(
                            "STOA_ADMIN_PORT",
                            Integer.toString(first.port()),
                            "STOA_STATE_DIR",
                            folder.resolve("second").toString())))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("STOA_ADMIN_PORT");
        }
    }
}
