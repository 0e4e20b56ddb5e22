package bulwark.gateway.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.hardening.BoxFinding.Verdict;
import bulwark.gateway.hardening.HardeningTarget.Elsewhere;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.config.Setting;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.testkit.FreePort;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each box is seen passing on a hardened gateway and on what is shipped, and failing on a planted fault. */
class HardeningCheckTest {
    private static final String TOKEN = "an-admin-token-of-the-tests-0123456789";
    private static final Path SHIPPED = SharedMaterial.repository().resolve("deploy");

    @TempDir
    private Path folder;

    private final Map<String, String> settings = new HashMap<>();

    private HardeningTarget target(Elsewhere elsewhere) {
        Configuration read = Configuration.read(GatewaySettings.schema(), settings, folder);
        return new HardeningTarget(
                read,
                read.effective().stream().collect(Collectors.toMap(EffectiveSetting::name, EffectiveSetting::source)),
                GatewaySettings.schema().settings().stream()
                        .filter(Setting::secret)
                        .map(Setting::name)
                        .collect(Collectors.toSet()),
                "127.0.0.1",
                folder.resolve("state"),
                read.secret("STOA_ADMIN_API_TOKEN"),
                elsewhere);
    }

    private void hardened() throws IOException {
        CertificateAuthority.openOrCreate(
                        folder.resolve("tls"), "authority of the test", CertificateKey.P256, Clock.systemUTC())
                .issue(
                        "gateway",
                        new CertificateSubject("localhost", null, List.of("localhost"), true, false),
                        Duration.ofDays(1));
        OwnerOnlyFiles.write(folder.resolve("admin-token"), TOKEN.getBytes(StandardCharsets.US_ASCII));
        settings.put("STOA_HOST", "127.0.0.1");
        settings.put("STOA_PORT", Integer.toString(FreePort.next()));
        settings.put("STOA_TLS__PORT", Integer.toString(FreePort.next()));
        settings.put("STOA_ADMIN_PORT", Integer.toString(FreePort.next()));
        settings.put("STOA_TLS__CERT_FILE", "tls/gateway.crt");
        settings.put("STOA_TLS__KEY_FILE", "tls/gateway.key");
        settings.put("STOA_ADMIN_API_TOKEN_FILE", "admin-token");
        settings.put("STOA_STATE_DIR", "state");
    }

    private Gateway start() {
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
    }

    private List<BoxFinding> run(Elsewhere elsewhere) {
        return HardeningCheck.run(target(elsewhere), Clock.systemUTC());
    }

    private static Verdict of(List<BoxFinding> findings, HardeningBox box) {
        return findings.get(box.ordinal()).verdict();
    }

    private static Elsewhere manifests(Path path) {
        return new Elsewhere(Optional.of(path), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Elsewhere realm(Path path) {
        return new Elsewhere(Optional.empty(), Optional.of(path), Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    void the_rows_are_the_boxes_of_the_page_in_its_order_and_its_words() throws IOException {
        String page = Files.readString(SharedMaterial.require("seeds/gateway-stoa-security-hardening.txt"));
        List<String> boxes = page.substring(page.indexOf("Production Hardening Checklist"))
                .lines()
                .filter(line -> line.strip().startsWith("•"))
                .map(line -> line.strip().substring(1).strip())
                .toList();

        assertThat(boxes)
                .hasSize(13)
                .containsExactlyElementsOf(List.of(HardeningBox.values()).stream()
                        .map(HardeningBox::text)
                        .toList());
    }

    @Test
    void a_hardened_gateway_fails_no_box_and_what_is_elsewhere_is_said_to_be_unseen() throws Exception {
        hardened();
        try (Gateway gateway = start()) {
            PidFile.write(
                    gateway.state().resolve("gateway.pid"),
                    ProcessHandle.current().pid());
            List<BoxFinding> findings = run(Elsewhere.NONE);

            assertThat(findings).extracting(BoxFinding::box).containsExactly(HardeningBox.values());
            assertThat(findings).as("%s", findings).noneMatch(finding -> finding.verdict() == Verdict.FAIL);
            assertThat(findings.stream()
                            .filter(finding -> finding.verdict() == Verdict.PASS)
                            .map(BoxFinding::box))
                    .containsExactly(
                            HardeningBox.TLS,
                            HardeningBox.SSRF_BLOCKLIST,
                            HardeningBox.SECURITY_HEADERS,
                            HardeningBox.SECRETS,
                            HardeningBox.ROLES,
                            HardeningBox.AUDIT_TRAIL);
            assertThat(findings)
                    .allSatisfy(finding -> assertThat(finding.observed())
                            .isNotEmpty()
                            .allSatisfy(sentence -> assertThat(sentence).doesNotContain(TOKEN)));
        }
    }

    @Test
    void without_tls_and_with_private_ranges_allowed_three_boxes_fail() throws Exception {
        hardened();
        settings.remove("STOA_TLS__CERT_FILE");
        settings.remove("STOA_TLS__KEY_FILE");
        settings.put("STOA_SSRF__ALLOWED_CIDRS", "10.0.0.0/8");
        settings.put("STOA_RBAC__ADMIN_ALIAS", "true");
        try (Gateway gateway = start()) {
            assertThat(gateway.tlsPort()).isZero();
            List<BoxFinding> findings = run(Elsewhere.NONE);

            assertThat(of(findings, HardeningBox.TLS)).isEqualTo(Verdict.FAIL);
            assertThat(of(findings, HardeningBox.SSRF_BLOCKLIST)).isEqualTo(Verdict.FAIL);
            assertThat(of(findings, HardeningBox.ROLES)).isEqualTo(Verdict.FAIL);
            assertThat(findings.get(HardeningBox.SSRF_BLOCKLIST.ordinal()).observed())
                    .startsWith("a backend at 10.0.0.1 is accepted");
            assertThat(target(Elsewhere.NONE)
                            .admin()
                            .get("/admin/apis/hardening-check", "Authorization: Bearer " + TOKEN)
                            .status())
                    .as("what was offered is gone again")
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({"tls1, TLS 1.0", "tls1_1, TLS 1.1"})
    void a_server_that_speaks_a_version_of_former_times_fails(String version, String name) throws Exception {
        hardened();
        Process server = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:" + settings.get("STOA_TLS__PORT"),
                        "-cert",
                        folder.resolve("tls/gateway.crt").toString(),
                        "-key",
                        folder.resolve("tls/gateway.key").toString(),
                        "-" + version,
                        "-cipher",
                        "ALL@SECLEVEL=0",
                        "-quiet")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.log").toFile())
                .start();
        try {
            long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            BoxFinding finding = TlsCheck.of(target(Elsewhere.NONE), Clock.systemUTC());
            while (!finding.observed().contains(name + " is spoken") && System.nanoTime() < deadline) {
                finding = TlsCheck.of(target(Elsewhere.NONE), Clock.systemUTC());
            }
            assertThat(finding.observed())
                    .as(Files.readString(folder.resolve("server.log")))
                    .contains(name + " is spoken");
            assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    /** A server that answers anybody, without headers, and keeps no records. */
    @Test
    void a_server_without_headers_records_and_questions_fails() throws Exception {
        hardened();
        settings.remove("STOA_TLS__CERT_FILE");
        settings.remove("STOA_TLS__KEY_FILE");
        HttpServer open = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(settings.get("STOA_PORT"))),
                0);
        open.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        settings.put("STOA_ADMIN_PORT", "0");
        open.start();
        try {
            List<BoxFinding> findings = run(Elsewhere.NONE);
            assertThat(of(findings, HardeningBox.SECURITY_HEADERS)).isEqualTo(Verdict.FAIL);
            assertThat(of(findings, HardeningBox.ROLES)).isEqualTo(Verdict.FAIL);
            assertThat(of(findings, HardeningBox.AUDIT_TRAIL)).isEqualTo(Verdict.FAIL);
            assertThat(of(findings, HardeningBox.SSRF_BLOCKLIST)).isEqualTo(Verdict.FAIL);
        } finally {
            open.stop(0);
        }
    }

    @Test
    void a_secret_in_the_environment_of_the_process_or_in_the_settings_fails() throws Exception {
        hardened();
        ProcessBuilder builder = new ProcessBuilder("sleep", "60");
        builder.environment().put("STOA_ADMIN_API_TOKEN", "x");
        Process process = builder.start();
        try {
            PidFile.write(folder.resolve("state/gateway.pid"), process.pid());
            assertThat(SecretCheck.of(target(Elsewhere.NONE)).observed())
                    .first()
                    .asString()
                    .endsWith("holds STOA_ADMIN_API_TOKEN");
        } finally {
            process.destroy();
            process.waitFor();
        }
        settings.remove("STOA_ADMIN_API_TOKEN_FILE");
        settings.put("STOA_ADMIN_API_TOKEN", TOKEN);
        assertThat(SecretCheck.of(target(Elsewhere.NONE)).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void the_manifests_that_are_shipped_pass() throws Exception {
        hardened();
        HardeningTarget shipped = target(manifests(SHIPPED.resolve("kubernetes/base")));
        Path plain = folder.resolve("rendered");
        Files.createDirectories(plain);
        for (String file : List.of("namespace", "tenant-isolation", "gateway-egress", "gateway")) {
            Files.copy(SHIPPED.resolve("kubernetes/base/" + file + ".yaml"), plain.resolve(file + ".yaml"));
        }
        HardeningTarget copied = target(manifests(plain));

        assertThat(ManifestCheck.networkPolicy(copied).verdict()).isEqualTo(Verdict.PASS);
        assertThat(ManifestCheck.podSecurity(copied).verdict()).isEqualTo(Verdict.PASS);
        assertThat(shipped.evidence().manifests()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tenant-isolation.yaml|podSelector: {}|podSelector: {matchLabels: {app: portal}}|NETWORK_POLICY",
                "gateway-egress.yaml|app: stoa-gateway|app: other|NETWORK_POLICY",
                "namespace.yaml|enforce: restricted|enforce: baseline|POD_SECURITY",
                "gateway.yaml|readOnlyRootFilesystem: true|readOnlyRootFilesystem: false|POD_SECURITY",
                "gateway.yaml|name: STOA_HOST|name: STOA_ADMIN_API_TOKEN|SECRETS"
            })
    void a_weakened_manifest_fails_its_box(String file, String good, String bad, HardeningBox box) throws Exception {
        hardened();
        Path weakened = folder.resolve("weakened");
        Files.createDirectories(weakened);
        for (String each : List.of("namespace", "tenant-isolation", "gateway-egress", "gateway")) {
            String text = Files.readString(SHIPPED.resolve("kubernetes/base/" + each + ".yaml"));
            if (file.equals(each + ".yaml")) {
                assertThat(text).contains(good);
                text = text.replaceFirst(java.util.regex.Pattern.quote(good), bad);
            }
            Files.writeString(weakened.resolve(each + ".yaml"), text);
        }
        HardeningTarget target = target(manifests(weakened));
        BoxFinding finding = switch (box) {
            case NETWORK_POLICY -> ManifestCheck.networkPolicy(target);
            case POD_SECURITY -> ManifestCheck.podSecurity(target);
            default -> SecretCheck.of(target);
        };
        assertThat(finding.verdict()).as("%s", finding).isEqualTo(Verdict.FAIL);
    }

    @Test
    void the_realm_that_is_shipped_passes_and_a_weakened_one_fails() throws Exception {
        hardened();
        Path shipped = SHIPPED.resolve("keycloak/realm-stoa.json");
        HardeningTarget good = target(realm(shipped));
        assertThat(RealmCheck.bruteForce(good).verdict()).isEqualTo(Verdict.PASS);
        assertThat(RealmCheck.lifespans(good).verdict()).isEqualTo(Verdict.PASS);

        Path weakened = folder.resolve("realm.json");
        Files.writeString(
                weakened,
                Files.readString(shipped)
                        .replace("\"bruteForceProtected\": true", "\"bruteForceProtected\": false")
                        .replace("\"ssoSessionIdleTimeout\": 900", "\"ssoSessionIdleTimeout\": 1800"));
        assertThat(RealmCheck.bruteForce(target(realm(weakened))).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(RealmCheck.lifespans(target(realm(weakened))).verdict()).isEqualTo(Verdict.FAIL);
    }

    @ParameterizedTest
    @CsvSource({"true, true, PASS", "false, true, FAIL", "true, false, FAIL"})
    void alerting_needs_rules_and_somebody_to_deliver_to(boolean rules, boolean manager, Verdict verdict)
            throws Exception {
        hardened();
        HttpServer prometheus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        prometheus.createContext(
                "/api/v1/rules",
                exchange -> answer(
                        exchange,
                        "{\"data\":{\"groups\":[{\"rules\":[{\"name\":\"" + (rules ? "StoaGatewayDown" : "Other")
                                + "\"}]}]}}"));
        prometheus.createContext(
                "/api/v1/alertmanagers",
                exchange -> answer(
                        exchange,
                        "{\"data\":{\"activeAlertmanagers\":[" + (manager ? "{\"url\":\"http://a\"}" : "") + "]}}"));
        prometheus.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + prometheus.getAddress().getPort());
            HardeningTarget target = target(new Elsewhere(
                    Optional.empty(), Optional.empty(), Optional.of(url), Optional.empty(), Optional.empty()));
            assertThat(ElsewhereChecks.alerting(target).verdict()).isEqualTo(verdict);
        } finally {
            prometheus.stop(0);
        }
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @ParameterizedTest
    @CsvSource({"LOW, PASS", "MEDIUM, PASS", "HIGH, FAIL", "CRITICAL, FAIL"})
    void a_severe_finding_of_the_image_scan_fails(String severity, Verdict verdict) throws Exception {
        hardened();
        Path report = folder.resolve("trivy.json");
        Files.writeString(
                report,
                "{\"ArtifactName\":\"stoa-gateway:0.1.0\",\"Results\":[{\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-2026-1\",\"Severity\":\""
                        + severity + "\"}]}]}");
        HardeningTarget target = target(new Elsewhere(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(report), Optional.empty()));
        assertThat(ElsewhereChecks.imageScan(target).verdict()).isEqualTo(verdict);
    }

    @Test
    void a_commit_without_a_trusted_signature_fails_and_a_signed_one_passes() throws Exception {
        hardened();
        Path repository = Files.createDirectory(folder.resolve("repository"));
        HardeningTarget target = target(new Elsewhere(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(repository)));
        bash(
                repository,
                "git init -q . && git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m a");
        assertThat(ElsewhereChecks.commits(target).verdict()).isEqualTo(Verdict.FAIL);

        bash(repository, """
                ssh-keygen -q -t ed25519 -N '' -f ../key
                echo "a@example.com $(cat ../key.pub)" > ../allowed
                git config gpg.format ssh && git config user.signingkey "$PWD/../key"
                git config gpg.ssh.allowedSignersFile "$PWD/../allowed"
                git -c user.name=a -c user.email=a@example.com commit -q -S --allow-empty -m b
                """);
        assertThat(ElsewhereChecks.commits(target).verdict()).isEqualTo(Verdict.PASS);
    }

    private static void bash(Path directory, String script) throws Exception {
        Shell.Outcome outcome = Shell.bash(directory, Map.of(), Duration.ofMinutes(1), script);
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
}
