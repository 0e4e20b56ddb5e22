package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS towards an upstream that demands a client certificate. */
class GatewayUpstreamTlsTest {
    private static final String ADMIN = "an-admin-token-of-the-tests-0123456789";
    private static final Duration VALIDITY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private CertificateDemandingBackend backend;

    @BeforeEach
    void start() throws IOException {
        Path tls = folder.resolve("tls");
        CertificateAuthority authority =
                CertificateAuthority.openOrCreate(tls, "authority of the test", Clock.systemUTC());
        authority.issue("server", "test://server", List.of("localhost"), VALIDITY);
        authority.issue("client", new CertificateSubject("client", "test://client", List.of(), false, true), VALIDITY);
        backend = new CertificateDemandingBackend(tls, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    private int statusWith(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("STOA_PORT", "0");
        settings.put("STOA_ADMIN_API_TOKEN", ADMIN);
        settings.put("STOA_SSRF__ALLOWED_HOSTS", "localhost");
        try (Gateway gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC())) {
            String route =
                    "{\"id\":\"a\",\"path_prefix\":\"/a\",\"callers\":\"anybody\",\"backend_url\":\"https://localhost:"
                            + backend.port() + "\"}";
            assertThat(send(HttpRequest.newBuilder(uri(gateway, "/admin/apis"))
                                    .header("Authorization", "Bearer " + ADMIN)
                                    .POST(BodyPublishers.ofString(route)))
                            .statusCode())
                    .isIn(200, 201);
            return send(HttpRequest.newBuilder(uri(gateway, "/a"))).statusCode();
        }
    }

    private static URI uri(Gateway gateway, String path) {
        return URI.create("http://127.0.0.1:" + gateway.port() + path);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.timeout(Duration.ofMinutes(1)).build(), BodyHandlers.ofString());
    }

    @Test
    void an_upstream_of_a_private_authority_that_demands_a_certificate_gets_the_gateways() throws Exception {
        assertThat(statusWith(Map.of(
                        "STOA_UPSTREAM__CA_FILE", "tls/ca.crt",
                        "STOA_UPSTREAM__CLIENT_CERT_FILE", "tls/client.crt",
                        "STOA_UPSTREAM__CLIENT_KEY_FILE", "tls/client.key")))
                .isEqualTo(204);
    }

    @Test
    void without_the_certificate_or_the_authority_no_call_reaches_it() throws Exception {
        assertThat(statusWith(Map.of("STOA_UPSTREAM__CA_FILE", "tls/ca.crt"))).isEqualTo(502);
        assertThat(statusWith(Map.of(
                        "STOA_UPSTREAM__CLIENT_CERT_FILE", "tls/client.crt",
                        "STOA_UPSTREAM__CLIENT_KEY_FILE", "tls/client.key")))
                .isEqualTo(502);
    }

    @Test
    void a_certificate_without_its_key_refuses_the_start_by_name() {
        assertThatThrownBy(() -> statusWith(Map.of("STOA_UPSTREAM__CLIENT_CERT_FILE", "tls/client.crt")))
                .isInstanceOf(Configuration.ConfigurationRefused.class)
                .hasMessageContaining("STOA_UPSTREAM__CLIENT_KEY_FILE");
    }
}
