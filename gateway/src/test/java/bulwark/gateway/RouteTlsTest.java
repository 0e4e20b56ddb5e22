package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS that single routes ask for, at a whole gateway: a backend of its own authority that demands a certificate and is reached by an address that its certificate does not hold. */
@Timeout(300)
class RouteTlsTest {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final String FILES =
            "\"ca_file\":\"partner/ca.crt\",\"client_cert_file\":\"partner/client.crt\",\"client_key_file\":\"partner/client.key\"";
    private static final String WHOLE = FILES + ",\"server_name\":\"orders.partner.example\"";

    @TempDir
    private Path folder;

    private Path partner;
    private CertificateAuthority authority;
    private CertificateDemandingBackend backend;

    @BeforeEach
    void start() throws IOException {
        Path server = folder.resolve("backend");
        partner = folder.resolve("route-tls/partner");
        authority = CertificateAuthority.openOrCreate(server, "authority of the partner", Clock.systemUTC());
        authority.issue("server", "test://server", List.of("orders.partner.example"), VALIDITY);
        authority.issue("client", new CertificateSubject("client", "test://client", List.of(), false, true), VALIDITY);
        Files.createDirectories(partner);
        for (String name : List.of("ca.crt", "client.crt", "client.key")) {
            Files.copy(server.resolve(name), partner.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        backend = new CertificateDemandingBackend(server, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    private GatewayFixture gateway() throws Exception {
        return GatewayFixture.start(
                folder.resolve("state"),
                Map.of("STOA_UPSTREAM__TLS_DIR", folder.resolve("route-tls").toString()),
                Clock.systemUTC());
    }

    private HttpResponse<String> register(GatewayFixture gateway, String id, String tls) throws Exception {
        return gateway.admin(
                "POST",
                "/admin/apis",
                "{\"id\":\"" + id + "\",\"path_prefix\":\"/apis/" + id
                        + "\",\"callers\":\"anybody\",\"backend_url\":\"https://127.0.0.1:"
                        + backend.port() + "\",\"upstream_tls\":{" + tls + "}}");
    }

    private static int status(GatewayFixture gateway, String id) throws Exception {
        return gateway.send(gateway.request("/apis/" + id + "/x")).statusCode();
    }

    @Test
    void a_route_has_an_authority_a_certificate_and_a_server_name_of_its_own() throws Exception {
        try (GatewayFixture gateway = gateway()) {
            assertThat(register(gateway, "whole", WHOLE).statusCode()).isEqualTo(201);
            assertThat(register(gateway, "without-name", FILES).statusCode()).isEqualTo(201);
            assertThat(register(
                                    gateway,
                                    "without-certificate",
                                    "\"ca_file\":\"partner/ca.crt\",\"server_name\":\"orders.partner.example\"")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(register(gateway, "without-authority", "\"server_name\":\"orders.partner.example\"")
                            .statusCode())
                    .isEqualTo(201);

            assertThat(status(gateway, "whole")).isEqualTo(204);
            for (String other : List.of("without-name", "without-certificate", "without-authority")) {
                assertThat(status(gateway, other)).as(other).isEqualTo(502);
            }
            assertThat(gateway.adminJson("/admin/apis/whole")
                            .path("upstream_tls")
                            .path("server_name")
                            .asString())
                    .isEqualTo("orders.partner.example");
        }
    }

    @Test
    void a_route_refuses_upstreams_below_its_floor() throws Exception {
        backend.speaks("TLSv1.2");
        try (GatewayFixture gateway = gateway()) {
            register(gateway, "low", WHOLE);
            register(gateway, "high", WHOLE + ",\"min_version\":\"1.3\"");
            assertThat(status(gateway, "low")).isEqualTo(204);
            assertThat(status(gateway, "high")).isEqualTo(502);
        }
    }

    @Test
    void files_of_a_route_are_read_again_while_it_is_called() throws Exception {
        Path other = folder.resolve("other");
        CertificateAuthority.openOrCreate(other, "another authority", Clock.systemUTC());
        byte[] right = Files.readAllBytes(partner.resolve("ca.crt"));
        replace(Files.readAllBytes(other.resolve("ca.crt")));
        try (GatewayFixture gateway = gateway()) {
            assertThat(register(gateway, "whole", WHOLE).statusCode()).isEqualTo(201);
            assertThat(status(gateway, "whole")).isEqualTo(502);
            replace(right);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> status(gateway, "whole") == 204);
        }
    }

    private void replace(byte[] authorities) throws IOException {
        Path fresh = Files.write(partner.resolve("fresh"), authorities);
        Files.move(
                fresh, partner.resolve("ca.crt"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void a_route_whose_files_are_gone_at_a_start_is_502_until_they_are_back_and_stops_no_other() throws Exception {
        try (GatewayFixture gateway = gateway()) {
            register(gateway, "whole", WHOLE);
        }
        Path away = Files.move(partner.resolve("client.key"), folder.resolve("client.key"));
        try (GatewayFixture gateway = gateway()) {
            assertThat(status(gateway, "whole")).isEqualTo(502);
            gateway.route("own", "acme", "");
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
            Files.move(away, partner.resolve("client.key"));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> status(gateway, "whole") == 204);
        }
    }

    @Test
    void files_that_cannot_be_used_are_named_by_field_and_change_nothing() throws Exception {
        Files.writeString(partner.resolve("text.crt"), "no certificate");
        try (GatewayFixture gateway = gateway()) {
            for (var wrong : Map.of(
                            "\"ca_file\":\"partner/none.crt\"", "upstream_tls.ca_file",
                            "\"ca_file\":\"partner/text.crt\"", "upstream_tls.ca_file",
                            "\"client_cert_file\":\"partner/client.crt\"", "upstream_tls.client_key_file",
                            "\"ca_file\":\"../backend/ca.crt\"", "upstream_tls.ca_file")
                    .entrySet()) {
                HttpResponse<String> answer = register(gateway, "whole", wrong.getKey());
                assertThat(answer.statusCode()).as(wrong.getKey()).isEqualTo(400);
                assertThat(answer.body()).contains(wrong.getValue());
            }
            assertThat(gateway.admin("GET", "/admin/apis/whole", "").statusCode())
                    .isEqualTo(404);
        }
        try (GatewayFixture gateway =
                GatewayFixture.start(folder.resolve("other-state"), Map.of(), Clock.systemUTC())) {
            HttpResponse<String> answer = register(gateway, "whole", WHOLE);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("STOA_UPSTREAM__TLS_DIR");
        }
    }
}
