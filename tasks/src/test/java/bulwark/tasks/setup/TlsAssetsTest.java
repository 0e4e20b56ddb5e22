package bulwark.tasks.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsAssetsTest {
    @TempDir
    Path folder;

    private TlsAssets assets(String... hosts) {
        return new TlsAssets(folder.resolve("certs"), List.of(hosts), "stem-client", Duration.ofDays(365), null);
    }

    private X509Certificate certificate(String name) throws Exception {
        try (InputStream in = Files.newInputStream(folder.resolve("certs").resolve(name))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void each_certificate_is_good_for_its_purpose_and_its_names() throws Exception {
        assets("stem.local", "redis").make(Clock.systemUTC());
        X509Certificate server = certificate("server.crt");
        assertThat(server.getSubjectX500Principal().getName()).isEqualTo("CN=stem.local");
        assertThat(server.getSubjectAlternativeNames().toString())
                .isEqualTo("[[2, stem.local], [2, redis], [2, localhost], [7, 127.0.0.1]]");
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate("client.crt").getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        server.verify(certificate("ca.crt").getPublicKey());
        assertThat(certificate("ca.crt").getSubjectX500Principal().getName()).isEqualTo("CN=stem.local-ca");
    }

    @Test
    void only_the_owner_reads_the_keys() throws Exception {
        assets("stem.local").make(Clock.systemUTC());
        try (var files = Files.list(folder.resolve("certs"))) {
            assertThat(files)
                    .hasSize(6)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(file.toString().endsWith(".key") ? "rw-------" : "rw-r--r--"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("certs"))))
                .isEqualTo("rwx------");
    }

    @Test
    void existing_files_are_listed_before_they_are_replaced() {
        assertThat(assets("stem.local").existing()).isEmpty();
        assets("stem.local").make(Clock.systemUTC());
        assertThat(assets("stem.local").existing()).hasSize(6);
    }

    @Test
    void a_host_that_is_no_name_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> assets("stem.local", "a b"));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> assets("../x"));
    }
}
