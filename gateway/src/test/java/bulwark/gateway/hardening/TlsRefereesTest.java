package bulwark.gateway.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TLS listener as sslscan sees it. */
class TlsRefereesTest {
    @TempDir
    private Path folder;

    @Test
    void sslscan_finds_the_two_present_versions_and_no_weak_suite() throws Exception {
        RequiredProgram.onThePath("sslscan");
        CertificateAuthority.openOrCreate(
                        folder.resolve("tls"), "authority of the test", CertificateKey.P256, Clock.systemUTC())
                .issue(
                        "gateway",
                        new CertificateSubject("localhost", null, List.of("localhost"), true, false),
                        Duration.ofDays(1));
        Map<String, String> settings = Map.of(
                "STOA_HOST", "127.0.0.1",
                "STOA_PORT", "0",
                "STOA_TLS__PORT", "0",
                "STOA_TLS__CERT_FILE", "tls/gateway.crt",
                "STOA_TLS__KEY_FILE", "tls/gateway.key");
        try (Gateway gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC())) {
            Shell.Outcome scan = Shell.run(
                    folder,
                    Map.of(),
                    Duration.ofMinutes(3),
                    List.of("sslscan", "--no-colour", "127.0.0.1:" + gateway.tlsPort()));
            assertThat(scan.out())
                    .as(scan.err())
                    .containsPattern("TLSv1.2 +enabled")
                    .containsPattern("TLSv1.3 +enabled");
            for (String former : List.of("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1")) {
                assertThat(scan.out()).containsPattern(former.replace(".", "\\.") + " +disabled");
            }
            assertThat(scan.out().lines().filter(line -> line.matches("(Preferred|Accepted) .*")))
                    .hasSizeGreaterThan(4)
                    .allMatch(line -> line.contains("GCM") || line.contains("CHACHA20"))
                    .noneMatch(line -> line.contains("TLSv1.2") && !line.contains("ECDHE"));
            assertThat(scan.out()).contains("not vulnerable to heartbleed");
        }
    }
}
