package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.ListenerTls.ClientAuth;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsListenerTest {
    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.now());
    private final AtomicReference<CallPeer> peer = new AtomicReference<>();
    private final TestPlane plane = new TestPlane(
            CallPipeline.closed().withIdentity(call -> {
                peer.set(call.peer());
                return StageResult.PASS;
            }),
            List.of("127.0.0.0/8"));
    private TestAuthority authority;

    @BeforeEach
    void issue() {
        authority = new TestAuthority(directory.resolve("ca"), clock);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private ReloadingTls load(TlsPolicy policy) {
        return authority.load("server", policy);
    }

    private WireClient connect(int port, SSLContext context, String... versions) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        if (versions.length > 0) {
            socket.setEnabledProtocols(versions);
        }
        socket.startHandshake();
        return new WireClient(socket);
    }

    @DisplayName("H8, C13: calls pass over both versions with transport security")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void calls_pass_over_both_versions_with_transport_security(String version) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("secret"));
                ReloadingTls tls = load(TlsPolicy.publicServer())) {
            plane.to(upstream);
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NONE));
            try (WireClient client = connect(port, TestAuthority.anonymous(), version)) {
                for (int i = 0; i < 3; i++) {
                    Answer answer = client.send(TestPlane.request("GET", "/")).answer();
                    assertThat(answer.body()).isEqualTo("secret");
                    assertThat(answer.values("Strict-Transport-Security"))
                            .containsExactly("max-age=31536000; includeSubDomains");
                    FiveHeaders.assertIn(answer);
                }
                Answer refused = client.send("nonsense\r\n\r\n").answer();
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.has("Strict-Transport-Security")).isTrue();
            }
            assertThat(upstream.requests().getFirst().values("X-Forwarded-Proto"))
                    .containsExactly("https");
            assertThat(plane.get("/").has("Strict-Transport-Security")).isFalse();
        }
    }

    @Test
    void a_lowest_version_of_1_3_refuses_1_2() throws Exception {
        try (ReloadingTls tls = load(TlsPolicy.publicServer13())) {
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NONE));

            try (WireClient client = connect(port, TestAuthority.anonymous(), "TLSv1.3")) {
                assertThat(client.send(TestPlane.request("GET", "/health"))
                                .answer()
                                .body())
                        .isEqualTo("OK");
            }
            assertThat(handshakes(port, "TLSv1.2")).isFalse();
        }
    }

    private boolean handshakes(int port, String version) throws Exception {
        try (WireClient client = connect(port, TestAuthority.anonymous(), version)) {
            return client.socket().isConnected();
        } catch (SSLException refused) {
            return false;
        }
    }

    @Test
    void a_client_certificate_reaches_the_stages_and_is_looked_at_again_for_each_request() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"));
                ReloadingTls tls = load(TlsPolicy.publicServer());
                ReloadingTls client = authority.load("client", TlsPolicy.publicServer())) {
            plane.to(upstream);
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.WANT));
            try (WireClient known = connect(port, client.context());
                    WireClient unknown = connect(port, TestAuthority.anonymous())) {
                assertThat(known.send(TestPlane.request("GET", "/")).answer().status())
                        .isEqualTo(200);
                assertThat(peer.get()
                                .certificates()
                                .getFirst()
                                .getSubjectX500Principal()
                                .getName())
                        .contains("client");
                assertThat(unknown.send(TestPlane.request("GET", "/")).answer().status())
                        .isEqualTo(200);
                assertThat(peer.get().certificates()).isEmpty();

                clock.advance(TestAuthority.DAY.plusHours(1));
                known.send(TestPlane.request("GET", "/"));
                assertThat(known.isAtEnd()).isTrue();
            }
        }
    }

    @DisplayName("C12: a listener that needs certificates answers nobody without one, or with one of another authority")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_listener_that_needs_certificates_answers_nobody_without_a_good_one(String version) throws Exception {
        TestAuthority foreign = new TestAuthority(directory.resolve("foreign"), clock);
        try (ReloadingTls tls = load(TlsPolicy.publicServer());
                ReloadingTls known = authority.load("client", TlsPolicy.publicServer());
                ReloadingTls stranger = foreign.load("client", TlsPolicy.publicServer())) {
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NEED));
            assertThat(answers(port, TestAuthority.showing(known.keyManager()), version))
                    .isTrue();
            assertThat(answers(port, TestAuthority.showing(stranger.keyManager()), version))
                    .isFalse();
            assertThat(answers(port, TestAuthority.anonymous(), version)).isFalse();
        }
    }

    private boolean answers(int port, SSLContext context, String version) {
        try (WireClient client = connect(port, context, version)) {
            return client.send(TestPlane.request("GET", "/health")).answer().status() == 200;
        } catch (IOException | RuntimeException refused) {
            return false;
        }
    }

    @DisplayName("C14: a new certificate is served without a restart")
    @Test
    void a_new_certificate_is_served_without_a_restart() throws Exception {
        try (ReloadingTls tls = load(TlsPolicy.publicServer())) {
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NONE));
            String before = serial(port);
            Files.move(
                    directory.resolve("ca/server.crt"),
                    directory.resolve("ca/old.crt"),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.delete(directory.resolve("ca/server.key"));
            authority.issueServer();

            assertThat(tls.reload()).isInstanceOf(ReloadingTls.Reload.Loaded.class);

            assertThat(serial(port)).isNotEqualTo(before);
        }
    }

    private String serial(int port) throws Exception {
        try (WireClient client = connect(port, TestAuthority.anonymous())) {
            SSLSocket socket = (SSLSocket) client.socket();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber()
                    .toString();
        }
    }

    @Test
    void the_plain_port_sends_everything_but_health_to_tls() {
        int port = plane.plane.listenRedirecting("127.0.0.1", 0, 8443);

        Answer answer = WireClient.exchange(port, TestPlane.request("POST", "/apis/a?x=1", "Content-Length: 0"));

        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.value("Location")).isEqualTo("https://gateway.test:8443/apis/a?x=1");
        FiveHeaders.assertIn(answer);
        assertThat(WireClient.exchange(port, TestPlane.request("GET", "/health"))
                        .body())
                .isEqualTo("OK");
        assertThat(WireClient.exchange(port, TestPlane.request("GET", "/health/ready"))
                        .body())
                .isEqualTo("READY");
        assertThat(WireClient.exchange(port, TestPlane.request("GET", "/metrics"))
                        .status())
                .isEqualTo(308);
    }

    @Test
    void plaintext_on_the_tls_port_gets_nothing() {
        try (ReloadingTls tls = load(TlsPolicy.publicServer())) {
            int port = plane.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NONE));
            try (WireClient client = new WireClient(port)) {
                client.send(TestPlane.request("GET", "/health"));
                assertThat(client.readToEnd()).doesNotContain("OK");
            }
        }
    }

    @Test
    void a_secure_upstream_is_known_by_its_name_and_by_its_authority() throws Exception {
        try (ReloadingTls material = authority.server();
                ScriptedUpstream upstream = ScriptedUpstream.secure(
                        material.context(), exchange -> exchange.send(ScriptedUpstream.ok("secure")));
                TestPlane trusting =
                        new TestPlane(TestPlane.open(), List.of("127.0.0.0/8", "::1/128"), authority.trusting())) {
            trusting.routes(
                    TestPlane.route("name", "/name", "https://localhost:" + upstream.port()),
                    TestPlane.route("address", "/address", "https://127.0.0.1:" + upstream.port()));
            plane.routes(TestPlane.route("name", "/name", "https://localhost:" + upstream.port()));

            assertThat(trusting.get("/name").body()).isEqualTo("secure");
            assertThat(trusting.get("/name").body()).isEqualTo("secure");
            assertThat(upstream.requests()).hasSize(2);
            // The certificate names localhost and no address.
            assertThat(trusting.get("/address").status()).isEqualTo(502);
            // The authority is none of the JDK's.
            assertThat(plane.get("/name").body()).isEqualTo("Failed to connect to upstream");
            assertThat(upstream.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthcare/p/1", "/health-records", "/healthz", "/health/other", "/ready"})
    void a_path_that_only_begins_like_health_is_sent_to_tls(String path) {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("secret"))) {
            plane.routes(
                    TestPlane.route("care", "/healthcare", upstream.url()),
                    TestPlane.route("records", "/health-records", upstream.url()));
            int port = plane.plane.listenRedirecting("127.0.0.1", 0, 8443);

            assertThat(WireClient.exchange(port, TestPlane.request("GET", path)).status())
                    .isEqualTo(308);
            assertThat(upstream.requests()).isEmpty();
        }
    }
}
