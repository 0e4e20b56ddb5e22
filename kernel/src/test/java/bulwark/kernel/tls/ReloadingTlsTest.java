package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReloadingTlsTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path directory;

    OpensslFixture openssl;

    @BeforeEach
    void an_authority_and_a_node_certificate() {
        openssl = new OpensslFixture(directory).authority("ca").leaf("node", "ca");
    }

    private ReloadingTls node() {
        return ReloadingTls.load(openssl.files("node", "ca"), CLOCK);
    }

    private OpensslFixture.Result connect(int port, String leaf, String ca, String more) {
        String certificate = leaf.isEmpty() ? "" : " -cert " + leaf + ".crt -key " + leaf + ".key";
        return openssl.run("timeout 4 openssl s_client -connect localhost:" + port + certificate + " -CAfile " + ca
                + ".crt -verify_return_error " + more + " < <(exec sleep 5 2>/dev/null)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-algorithm ed25519",
                "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"
            })
    void mutual_tls_works_with_every_kind_of_key(String algorithm) throws IOException {
        openssl.leaf("server", "ca", "openssl genpkey " + algorithm, "URI:urn:example:server", "-days 90");
        openssl.leaf("client", "ca", "openssl genpkey " + algorithm, "URI:urn:example:client", "-days 90");
        try (var tls = ReloadingTls.load(openssl.files("server", "ca"), CLOCK);
                var listener = new EchoListener(tls);
                var clientTls = ReloadingTls.load(openssl.files("client", "ca"), CLOCK)) {
            assertThat(connect(listener.port(), "client", "ca", "").output())
                    .contains("Verify return code: 0 (ok)", "TLSv1.3", "hello, urn:example:client");
            assertThat(hello(clientTls, listener.port())).isEqualTo("hello, urn:example:client\n");
        }
    }

    private static String hello(ReloadingTls tls, int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) tls.context().getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(5_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void the_jdk_http_client_needs_no_host_name_in_the_certificate() throws Exception {
        try (var tls = node();
                var listener = new EchoListener(tls);
                HttpClient client =
                        HttpClient.newBuilder().sslContext(tls.context()).build()) {
            var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + "/"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            // The listener speaks no HTTP: that its greeting arrives at all proves the handshake.
            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                    .hasStackTraceContaining("hello, " + OpensslFixture.NODE_URI);
        }
    }

    @Test
    void a_client_without_a_certificate_is_refused_with_that_reason() throws IOException {
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "", "ca", "").output())
                    .contains("certificate required")
                    .doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("no_certificate")));
        }
    }

    @Test
    void a_client_of_another_authority_is_untrusted() throws IOException {
        openssl.authority("other").leaf("stranger", "other");
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "stranger", "ca", "").output()).doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("untrusted")));
        }
    }

    @Test
    void a_client_outside_its_validity_is_refused_as_expired() throws IOException {
        openssl.leaf("old", "ca", "openssl genpkey -algorithm ed25519", "URI:urn:example:old", "-days 1");
        SettableClock clock = new SettableClock(Instant.now());
        try (var tls = ReloadingTls.load(openssl.files("node", "ca"), clock);
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "old", "ca", "").output()).contains("hello, urn:example:old");
            clock.advance(Duration.ofDays(2));
            assertThat(connect(listener.port(), "old", "ca", "").output()).doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("expired")));
            assertThat(tls.stillTrusted(listener.peers.getFirst())).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DNS:localhost", "URI:urn:example:one,URI:urn:example:two"})
    void a_client_without_exactly_one_uri_is_refused_for_its_identity(String san) throws IOException {
        openssl.leaf("odd", "ca", "openssl genpkey -algorithm ed25519", san, "-days 90");
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "odd", "ca", "").output()).doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("identity")));
        }
    }

    @Test
    void tls_1_2_is_refused() throws IOException {
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "node", "ca", "-tls1_2").output())
                    .contains("alert protocol version")
                    .doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("protocol")));
        }
    }

    @Test
    void plaintext_is_refused() throws IOException {
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(openssl.run("curl -sS -m 5 http://localhost:" + listener.port() + "/healthz")
                            .code())
                    .isNotZero();
            await().until(() -> listener.reasons.equals(List.of("protocol")));
        }
    }

    @Test
    void a_new_certificate_is_used_without_a_restart() throws IOException {
        openssl.leaf(
                "next",
                "ca",
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                "URI:urn:next",
                "-days 30");
        List<ReloadingTls.Reload> outcomes = new CopyOnWriteArrayList<>();
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            tls.onReload(outcomes::add);
            Instant before = tls.expires();
            tls.watch();
            openssl.replace("node.crt", "next.crt");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(outcomes)
                            .last()
                            .isInstanceOfSatisfying(
                                    ReloadingTls.Reload.Kept.class,
                                    kept -> assertThat(kept.reason()).contains("does not match certificate")));
            assertThat(openssl.run("openssl s_client -connect localhost:" + listener.port()
                                    + " -CAfile ca.crt </dev/null")
                            .output())
                    .contains("stigmem-node", "Verify return code: 0 (ok)")
                    .doesNotContain("urn:next");
            openssl.replace("node.key", "next.key");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(outcomes).last().isInstanceOf(ReloadingTls.Reload.Loaded.class));
            assertThat(tls.expires()).isBefore(before);
            assertThat(openssl.run("openssl s_client -connect localhost:" + listener.port()
                                    + " -cert node.crt -key node.key -CAfile ca.crt </dev/null 2>/dev/null"
                                    + " | openssl x509 -noout -ext subjectAltName")
                            .output())
                    .contains("URI:urn:next");
        }
    }

    @Test
    void bad_material_on_disk_keeps_the_old_in_service() throws IOException {
        openssl.leaf("client", "ca");
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            openssl.write("node.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            assertThat(tls.reload()).isInstanceOf(ReloadingTls.Reload.Kept.class);
            assertThat(connect(listener.port(), "client", "ca", "").output()).contains("hello");
        }
    }

    @Test
    void a_removed_authority_ends_trust_in_open_connections_and_in_saved_sessions() throws IOException {
        openssl.authority("second").leaf("peer", "second");
        openssl.write("bundle.crt", openssl.text("ca.crt") + openssl.text("second.crt"));
        try (var tls = ReloadingTls.load(openssl.files("node", "bundle"), CLOCK);
                var listener = new EchoListener(tls)) {
            var first = connect(listener.port(), "peer", "ca", "-sess_out session.pem");
            assertThat(first.output()).contains("hello").doesNotContain("New Session Ticket arrived");
            List<X509Certificate> chain = listener.peers.getFirst();
            assertThat(tls.stillTrusted(chain)).isTrue();

            openssl.replace("bundle.crt", "ca.crt");
            assertThat(tls.reload()).isInstanceOf(ReloadingTls.Reload.Loaded.class);

            assertThat(tls.stillTrusted(chain)).isFalse();
            assertThat(connect(listener.port(), "peer", "ca", "-sess_in session.pem")
                            .output())
                    .doesNotContain("hello");
            assertThat(connect(listener.port(), "peer", "ca", "").output()).doesNotContain("hello");
            await().until(() -> listener.reasons.contains("untrusted"));
        }
    }

    @Test
    void two_authorities_of_the_same_name_are_both_trusted_during_their_overlap() throws IOException {
        openssl.authority("renewed").leaf("client", "renewed");
        openssl.write("bundle.crt", openssl.text("ca.crt") + openssl.text("renewed.crt"));
        try (var tls = ReloadingTls.load(openssl.files("node", "bundle"), CLOCK);
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "client", "ca", "").output()).contains("hello");
            assertThat(connect(listener.port(), "node", "ca", "").output()).contains("hello");
        }
    }

    @Test
    void a_peer_listed_in_the_bundle_itself_is_still_held_to_its_dates_and_its_authority_to_its_own() {
        SettableClock clock = new SettableClock(Instant.now());
        try (var tls = ReloadingTls.load(openssl.files("node", "ca"), clock)) {
            ConfiguredPath node = ConfiguredPath.unnamed(openssl.path("node.crt"));
            List<X509Certificate> chain = Pem.certificates(node, Pem.read(node));
            assertThat(tls.stillTrusted(chain)).isTrue();
            assertThat(tls.stillTrusted(chain)).isTrue();
            clock.advance(Duration.ofDays(91));
            assertThat(tls.stillTrusted(chain)).isFalse();
            clock.advance(Duration.ofDays(-100));
            assertThat(tls.stillTrusted(chain)).as("before it began").isFalse();
        }
    }

    @Test
    void a_forged_chain_through_a_leaf_is_untrusted() throws IOException {
        openssl.leaf("forged", "node");
        openssl.write("forged.crt", openssl.text("forged.crt") + openssl.text("node.crt"));
        try (var tls = node();
                var listener = new EchoListener(tls)) {
            assertThat(connect(listener.port(), "forged", "ca", "-cert_chain node.crt")
                            .output())
                    .doesNotContain("hello");
            await().until(() -> listener.reasons.equals(List.of("untrusted")));
        }
    }
}
