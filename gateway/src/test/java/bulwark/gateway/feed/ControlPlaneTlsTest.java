package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.Gateway;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A control plane over TLS, which asks gateways for their client certificates. */
@Timeout(300)
class ControlPlaneTlsTest {
    @TempDir
    private Path folder;

    private LinkFixture link;

    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        authority("own")
                .issue("server", new CertificateSubject("server", null, List.of("localhost"), true, false), lifetime());
        authority("own").issue("edge", new CertificateSubject("edge", null, List.of(), false, true), lifetime());
        authority("foreign").issue("edge", new CertificateSubject("edge", null, List.of(), false, true), lifetime());
    }

    @AfterEach
    void stop() {
        link.close();
    }

    /** Good by the clock of the test and by that of the JDK's handshakes. */
    private CertificateAuthority authority(String name) {
        Instant test = link.control.clock.instant();
        Instant now = Instant.now();
        return CertificateAuthority.openOrCreate(
                folder.resolve(name), name, CertificateKey.P256, new SettableClock(test.isBefore(now) ? test : now));
    }

    private Duration lifetime() {
        return Duration.between(link.control.clock.instant(), Instant.now())
                .abs()
                .plusDays(1);
    }

    private String file(String authority, String name) {
        return folder.resolve(authority).resolve(name).toString();
    }

    private Map<String, String> showing(String authority) {
        return Map.of(
                "STOA_CONTROL_PLANE_URL",
                "https://localhost:" + link.control.plane.port(),
                "STOA_CONTROL_PLANE_CA_FILE",
                file("own", "ca.crt"),
                "STOA_CONTROL_PLANE_CLIENT_CERT_FILE",
                file(authority, "edge.crt"),
                "STOA_CONTROL_PLANE_CLIENT_KEY_FILE",
                file(authority, "edge.key"));
    }

    @Test
    void a_gateway_is_served_with_a_certificate_of_the_named_authority_and_with_no_other() throws Exception {
        ClientTls.Files trusted = ClientTls.Files.unnamed(null, null, Path.of(file("own", "ca.crt")));
        link.control.restartSecured(
                Map.of(
                        "STOA_TLS__CERT_FILE",
                        file("own", "server.crt"),
                        "STOA_TLS__KEY_FILE",
                        file("own", "server.key"),
                        "STOA_TLS__CLIENT_CA_FILE",
                        file("own", "ca.crt")),
                ClientTls.load(trusted, ClientTls.Servers.TRUSTED, TlsPolicy.publicServer(), link.control.clock)
                        .context());
        Gateway certified = link.gateway("edge", showing("own"));
        eventually(204, () -> link.callWith(certified, link.key));
        Map<String, String> withoutOne = new HashMap<>(showing("own"));
        withoutOne.remove("STOA_CONTROL_PLANE_CLIENT_CERT_FILE");
        withoutOne.remove("STOA_CONTROL_PLANE_CLIENT_KEY_FILE");
        Map<String, String> untrusting = new HashMap<>(showing("own"));
        untrusting.put("STOA_CONTROL_PLANE_CA_FILE", file("foreign", "ca.crt"));
        List<Gateway> others = new ArrayList<>();
        for (Map<String, String> each : List.of(withoutOne, showing("foreign"), untrusting)) {
            others.add(link.gateway("other-" + others.size(), each));
        }
        // Each change reaches the one that is served; the others were asking meanwhile.
        for (int i = 0; i < 3; i++) {
            String path = "/apis/acme/more-" + i;
            link.control.api("acme", "more-" + i, link.backendUrl());
            eventually(401, () -> link.get(certified, path, Map.of()).statusCode());
        }
        for (Gateway other : others) {
            assertThat(link.callWith(other, link.key)).isEqualTo(404);
            assertThat(link.get(other, "/ready", Map.of()).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void halves_of_a_certificate_and_tls_files_for_plain_http_are_refused_at_start() {
        Map<String, String> half = new HashMap<>(showing("own"));
        half.remove("STOA_CONTROL_PLANE_CLIENT_KEY_FILE");
        assertThatThrownBy(() -> link.gateway("edge", half))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("STOA_CONTROL_PLANE_CLIENT_KEY_FILE");
        assertThatThrownBy(() -> link.gateway("edge", Map.of("STOA_CONTROL_PLANE_CA_FILE", file("own", "ca.crt"))))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("plain HTTP");
    }

    @Test
    void a_gateway_that_does_not_register_says_nothing_of_itself_and_is_served_all_the_same() throws Exception {
        Gateway quiet = link.gateway("quiet", Map.of("STOA_AUTO_REGISTER", "false"));
        eventually(204, () -> link.callWith(quiet, link.key));
        assertThat(link.control
                        .operator(
                                "GET",
                                "/v1/admin/gateways/" + link.added.get("quiet").text("id"),
                                null)
                        .is(200)
                        .json()
                        .has("hostname"))
                .isFalse();
    }
}
