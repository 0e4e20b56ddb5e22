package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.error.OperatorError;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayTest {
    @TempDir
    Path directory;

    private Gateway start(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(settings);
        environment.putIfAbsent("STOA_PORT", Integer.toString(FreePort.next()));
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, directory),
                directory,
                Clock.systemUTC());
    }

    @DisplayName("H9: it answers health and readiness and lets nobody through")
    @Test
    void it_answers_health_and_readiness_and_lets_nobody_through() throws IOException {
        try (Gateway gateway = start(Map.of())) {
            assertThat(get(gateway.port(), "/health"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("OK");
            assertThat(get(gateway.port(), "/ready")).startsWith("HTTP/1.1 200").endsWith("READY");
            assertThat(get(gateway.port(), "/metrics")).contains("stoa_http_requests_total");
            assertThat(get(gateway.port(), "/apis/x"))
                    .startsWith("HTTP/1.1 404")
                    .endsWith("No matching API route");
            assertThat(gateway.tlsPort()).isZero();
        }
    }

    @Test
    void a_stopped_gateway_listens_no_more() throws Exception {
        Gateway gateway = start(Map.of());
        int port = gateway.port();
        gateway.close();

        assertThat(gateway.awaitExitCode()).isZero();
        assertThatThrownBy(() -> get(port, "/health")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "STOA_SSRF__ALLOWED_CIDRS,169.254.0.0/16",
        "STOA_SSRF__ALLOWED_CIDRS,not-a-prefix",
        "STOA_SSRF__EXTRA_DENY,10.0.0.0/99",
        "STOA_SSRF__ALLOWED_HOSTS,metadata.google.internal",
        "STOA_DNS__SERVERS,dns.example:53",
        "STOA_TLS__CERT_FILE,server.crt",
        "STOA_TLS__KEY_FILE,server.key",
        "STOA_TLS__CLIENT_AUTH,maybe",
        "STOA_BODY__MAX_BYTES,0"
    })
    void a_setting_that_cannot_be_carried_out_is_refused_by_name(String name, String value) {
        assertThatThrownBy(() -> start(Map.of(name, value)))
                .isInstanceOf(ConfigurationRefused.class)
                .hasMessageContaining(name);
    }

    @Test
    void the_bound_of_bodies_is_a_setting() {
        Configuration settings =
                Configuration.read(GatewaySettings.schema(), Map.of("STOA_BODY__MAX_BYTES", "1073741824"), directory);

        assertThat(PlaneSettings.limits(settings).bodyBytes()).isEqualTo(1L << 30);
    }

    @Test
    void a_port_that_is_taken_is_a_sentence() throws IOException {
        try (Gateway gateway = start(Map.of())) {
            Map<String, String> same =
                    Map.of("STOA_PORT", Integer.toString(gateway.port()), "STOA_STATE_DIR", "other-state");
            assertThatThrownBy(() -> start(same))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("STOA_PORT");
        }
    }

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
