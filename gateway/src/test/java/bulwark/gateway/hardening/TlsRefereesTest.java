package bulwark.gateway.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The TLS listener as sslscan and testssl.sh see it. */
class TlsRefereesTest {
    @TempDir
    private Path folder;

    private Gateway gateway() {
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
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
    }

    @DisplayName("C13: sslscan finds the two present versions and no weak suite")
    @Test
    void sslscan_finds_the_two_present_versions_and_no_weak_suite() throws Exception {
        RequiredProgram.onThePath("sslscan");
        try (Gateway gateway = gateway()) {
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

    /** Versions, suites, forward secrecy and faults that have a name; the certificate is the operator's. */
    @Test
    void testssl_finds_nothing_above_low() throws Exception {
        RequiredProgram.onThePath("testssl");
        Path brought = SharedMaterial.repository().resolve(".bulwark/tools/etc/testssl");
        Map<String, String> data =
                Files.isDirectory(brought) ? Map.of("TESTSSL_INSTALL_DIR", brought.toString()) : Map.of();
        Path report = folder.resolve("report.json");
        try (Gateway gateway = gateway()) {
            Shell.Outcome scan = Shell.run(
                    folder,
                    data,
                    Duration.ofMinutes(10),
                    List.of(
                            "testssl",
                            "--quiet",
                            "--nodns",
                            "none",
                            "--color",
                            "0",
                            "--warnings",
                            "off",
                            "--jsonfile",
                            report.toString(),
                            "-p",
                            "-s",
                            "-f",
                            "-U",
                            "127.0.0.1:" + gateway.tlsPort()));
            Map<String, String> found = new LinkedHashMap<>();
            List<String> bad = new ArrayList<>();
            for (JsonNode finding : StrictJson.parse(Files.readAllBytes(report))) {
                String id = finding.path("id").asString("");
                found.put(id, finding.path("finding").asString(""));
                // A warning is of the scanner itself, such as an engine that its openssl does not have.
                if (List.of("MEDIUM", "HIGH", "CRITICAL", "FATAL")
                        .contains(finding.path("severity").asString(""))) {
                    bad.add(finding.toString());
                }
            }
            assertThat(bad).isEmpty();
            for (String former : List.of("SSLv2", "SSLv3", "TLS1", "TLS1_1")) {
                assertThat(found.get(former)).as(former).startsWith("not offered");
            }
            for (String present : List.of("TLS1_2", "TLS1_3")) {
                assertThat(found.get(present)).as(present).startsWith("offered");
            }
            assertThat(found).containsKeys("heartbleed", "ROBOT", "secure_renego", "BEAST", "RC4", "LUCKY13");
        }
    }
}
