package bulwark.app.stoa;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.up.ChildSpec;
import bulwark.app.up.LocalService;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.StateFolder;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretAccess;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayProvisioningTest {
    @TempDir
    Path root;

    private GatewayProvisioning provision(int portBase) throws Exception {
        return (GatewayProvisioning) new GatewayPart().provision(new StateFolder(root), portBase, Clock.systemUTC());
    }

    private Path folder() {
        return root.resolve("gateway");
    }

    private Configuration settings() {
        return Configuration.read(GatewaySettings.schema(), Map.of(), folder());
    }

    @Test
    void the_admin_token_is_made_once_and_stands_in_an_owner_only_file_and_nowhere_else() throws Exception {
        ChildSpec child = provision(9000).children().getFirst();
        String token = Files.readString(folder().resolve("admin-token")).strip();

        provision(9000);

        assertThat(token).hasSize(64);
        assertThat(folder().resolve("admin-token")).content().startsWith(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve("admin-token"))))
                .isEqualTo("rw-------");
        assertThat(settings().secret("STOA_ADMIN_API_TOKEN").orElseThrow().exposeText(SecretAccess.grant()))
                .isEqualTo(token);
        assertThat(child.environment()).isEmpty();
        assertThat(Files.readString(folder().resolve(".env"))).doesNotContain(token);
    }

    @Test
    void ports_follow_the_base_and_what_the_operator_set_stays() throws Exception {
        provision(9000);
        Files.writeString(folder().resolve(".env"), "STOA_CB_FAILURE_THRESHOLD=7\n");

        provision(9500);

        assertThat(settings().port("STOA_TLS__PORT")).isEqualTo(9943);
        assertThat(settings().port("STOA_PORT")).isEqualTo(9580);
        assertThat(settings().port("STOA_ADMIN_PORT")).isEqualTo(9581);
        assertThat(settings().text("STOA_HOST")).isEqualTo("127.0.0.1");
        assertThat(settings().count("STOA_CB_FAILURE_THRESHOLD")).isEqualTo(7);
    }

    @Test
    void it_shows_services_the_certificate_that_they_made_for_it() throws Exception {
        GatewayProvisioning gateway = provision(9000);
        Path tls = root.resolve("facts tls");
        gateway.standBefore(List.of(new LocalService(
                "facts",
                "https://localhost:9765",
                List.of("/v1"),
                tls.resolve("front.crt"),
                tls.resolve("front.key"),
                tls.resolve("ca.crt"))));

        assertThat(settings().text("STOA_UPSTREAM__CLIENT_CERT_FILE"))
                .isEqualTo(tls.resolve("front.crt").toString());
        assertThat(settings().text("STOA_UPSTREAM__CA_FILE"))
                .isEqualTo(tls.resolve("ca.crt").toString());
    }

    @Test
    void the_certificate_is_of_p_256_and_its_end_is_watched() throws Exception {
        provision(9000);
        try (InputStream pem = Files.newInputStream(folder().resolve("tls/gateway.crt"))) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
            assertThat(certificate.getSubjectAlternativeNames())
                    .extracting(name -> String.valueOf(name.get(1)))
                    .contains("localhost", "127.0.0.1");
        }

        NamedExpiry expiry = new GatewayPart()
                .expiries(new StateFolder(root), Clock.systemUTC())
                .getFirst();

        assertThat(expiry.expiry().warning(expiry.what(), Instant.now())).isEmpty();
        assertThat(expiry.expiry().warning(expiry.what(), Instant.now().plus(Duration.ofDays(85))))
                .hasValueSatisfying(warning -> assertThat(warning).contains("Restart ./bulwark up"));
    }
}
