package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that strangers reach by its host name, looked at with the openssl command line. */
@Timeout(120)
class PublicServerTlsTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.now());

    private CertificateAuthority authority(CertificateKey kind) {
        CertificateAuthority authority =
                CertificateAuthority.openOrCreate(directory.resolve("ca"), "Public CA", kind, clock);
        authority.issue("server", new CertificateSubject("server", null, List.of("localhost"), true, false), DAY);
        authority.issue("client", new CertificateSubject("client", null, List.of(), false, true), DAY);
        authority.issue("other", new CertificateSubject("other", null, List.of(), false, true), DAY);
        return authority;
    }

    private TlsFiles files(boolean clients, boolean lists) {
        return new TlsFiles(
                file("server.crt"), file("server.key"), clients ? file("ca.crt") : null, lists ? file("ca.crl") : null);
    }

    private ConfiguredPath file(String name) {
        return ConfiguredPath.unnamed(directory.resolve("ca").resolve(name));
    }

    private String connect(EchoListener listener, String options) {
        return new OpensslFixture(directory.resolve("ca"))
                .run("timeout 8 openssl s_client -connect localhost:" + listener.port()
                        + " -servername localhost -verify_hostname localhost -verify_return_error -CAfile ca.crt "
                        + options + " < <(exec sleep 5 2>/dev/null) 2>&1")
                .output();
    }

    @ParameterizedTest
    @EnumSource(CertificateKey.class)
    void serves_both_versions_under_its_host_name(CertificateKey kind) throws IOException {
        authority(kind);
        try (ReloadingTls tls = ReloadingTls.load(files(false, false), TlsPolicy.publicServer(), clock);
                EchoListener listener = new EchoListener(tls, false)) {
            assertThat(connect(listener, "-tls1_3")).contains("hello", "Verify return code: 0 (ok)", "TLSv1.3");
            assertThat(connect(listener, "-tls1_2")).contains("hello", "Verify return code: 0 (ok)", "TLSv1.2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void refuses_older_versions(String version) throws IOException {
        authority(CertificateKey.P256);
        try (ReloadingTls tls = ReloadingTls.load(files(false, false), TlsPolicy.publicServer(), clock);
                EchoListener listener = new EchoListener(tls, false)) {
            assertThat(connect(listener, version + " -cipher ALL:@SECLEVEL=0"))
                    .doesNotContain("hello")
                    .contains("alert protocol version");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ECDHE-ECDSA-AES128-SHA256",
                "ECDHE-ECDSA-AES256-SHA",
                "AES128-GCM-SHA256",
                "DHE-RSA-AES128-GCM-SHA256"
            })
    void refuses_suites_without_forward_secrecy_or_authenticated_encryption(String suite) throws IOException {
        authority(CertificateKey.P256);
        try (ReloadingTls tls = ReloadingTls.load(files(false, false), TlsPolicy.publicServer(), clock);
                EchoListener listener = new EchoListener(tls, false)) {
            assertThat(connect(listener, "-tls1_2 -cipher " + suite + ":@SECLEVEL=0"))
                    .doesNotContain("hello");
        }
    }

    @Test
    void tls_1_2_can_be_switched_off() throws IOException {
        authority(CertificateKey.P256);
        try (ReloadingTls tls = ReloadingTls.load(files(false, false), TlsPolicy.publicServer13(), clock);
                EchoListener listener = new EchoListener(tls, false)) {
            assertThat(connect(listener, "-tls1_2")).doesNotContain("hello");
            assertThat(connect(listener, "-tls1_3")).contains("hello");
        }
    }

    @Test
    void a_client_needs_a_certificate_of_the_authority_and_no_uri_in_it() throws IOException {
        authority(CertificateKey.P256);
        try (ReloadingTls tls = ReloadingTls.load(files(true, false), TlsPolicy.publicServer(), clock);
                EchoListener listener = new EchoListener(tls, true)) {
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                assertThat(connect(listener, version)).doesNotContain("hello");
                assertThat(connect(listener, version + " -cert client.crt -key client.key"))
                        .contains("hello");
            }
        }
    }

    @Test
    void a_revoked_client_is_refused_at_its_next_handshake_and_on_its_open_connection() throws IOException {
        CertificateAuthority authority = authority(CertificateKey.P256);
        authority.revoke(List.of(), DAY);
        try (ReloadingTls tls = ReloadingTls.load(files(true, true), TlsPolicy.publicServer(), clock);
                EchoListener listener = new EchoListener(tls, true)) {
            assertThat(connect(listener, "-cert client.crt -key client.key")).contains("hello");
            var chain = List.of(Pem.certificates(file("client.crt"), Pem.read(file("client.crt")))
                    .getFirst());
            assertThat(tls.stillTrusted(chain)).isTrue();

            authority.revoke(List.of(file("client.crt").path()), DAY);
            assertThat(tls.reload()).isInstanceOf(ReloadingTls.Reload.Loaded.class);

            assertThat(tls.stillTrusted(chain)).isFalse();
            assertThat(connect(listener, "-cert client.crt -key client.key")).doesNotContain("hello");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(listener.reasons).contains("revoked"));
            assertThat(connect(listener, "-cert other.crt -key other.key")).contains("hello");
        }
    }

    @Test
    void after_the_end_of_a_list_nobody_of_that_authority_is_trusted() {
        authority(CertificateKey.P256).revoke(List.of(), Duration.ofHours(1));
        try (ReloadingTls tls = ReloadingTls.load(files(true, true), TlsPolicy.publicServer(), clock)) {
            var chain = List.of(Pem.certificates(file("client.crt"), Pem.read(file("client.crt")))
                    .getFirst());
            assertThat(tls.stillTrusted(chain)).isTrue();
            clock.advance(Duration.ofHours(2));
            assertThat(tls.stillTrusted(chain)).isFalse();
        }
    }

    @Test
    void a_list_that_ended_or_that_another_authority_signed_refuses_the_start() throws IOException {
        authority(CertificateKey.P256).revoke(List.of(), Duration.ofHours(1));
        clock.advance(Duration.ofHours(2));
        assertThatThrownBy(() -> ReloadingTls.load(files(true, true), TlsPolicy.publicServer(), clock))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("ended at")
                .hasMessageContaining("fetch the new one");

        CertificateAuthority.openOrCreate(directory.resolve("second"), "Public CA", CertificateKey.P256, clock)
                .revoke(List.of(), DAY);
        Files.copy(directory.resolve("second/ca.crl"), file("ca.crl").path(), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> ReloadingTls.load(files(true, true), TlsPolicy.publicServer(), clock))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("holds no revocation list of the CA CN=Public CA");
    }
}
