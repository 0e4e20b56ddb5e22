package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.ConfiguredPath;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PeerIdentityTest {
    private static final String ED25519 = "openssl genpkey -algorithm ed25519";

    @TempDir
    Path directory;

    private OpensslFixture openssl;

    @BeforeEach
    void an_authority_and_a_node_certificate() {
        openssl = new OpensslFixture(directory).authority("ca").leaf("node", "ca");
    }

    private void leaf(String name, String ca, String uri) {
        openssl.leaf(name, ca, ED25519, "URI:" + uri, "-days 9");
    }

    private List<X509Certificate> chain(String name) {
        ConfiguredPath file = ConfiguredPath.unnamed(openssl.path(name + ".crt"));
        return Pem.certificates(file, Pem.read(file));
    }

    private @Nullable PeerIdentity identify(ReloadingTls tls, String leaf) {
        return tls.identify(chain(leaf));
    }

    private String fingerprint(String name) {
        return openssl.shell("openssl x509 -in " + name + ".crt -noout -fingerprint -sha256")
                .replaceAll(".*=|:|\n", "")
                .toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void a_peer_is_known_by_its_uri_its_fingerprint_and_the_authority_that_vouches() {
        try (var tls = ReloadingTls.load(openssl.files("node", "ca"), Clock.systemUTC())) {
            assertThat(identify(tls, "node"))
                    .isEqualTo(new PeerIdentity(
                            OpensslFixture.NODE_URI,
                            fingerprint("node"),
                            "CN=Stigmem Federation CA",
                            fingerprint("ca")));
            assertThat(tls.authorities()).isEqualTo(Map.of(fingerprint("ca"), "CN=Stigmem Federation CA"));
        }
    }

    @Test
    void an_authority_that_is_bound_to_names_vouches_for_no_others() {
        openssl.authority("second");
        openssl.write("bundle.crt", openssl.text("ca.crt") + openssl.text("second.crt"));
        leaf("forged", "second", OpensslFixture.NODE_URI);
        leaf("near", "second", "stigmem://partner.example.evil/x");
        leaf("partner", "second", "stigmem://partner.example/x");
        AuthorityNames names = AuthorityNames.parse(List.of(fingerprint("second") + "=stigmem://partner.example"));
        try (var tls = ReloadingTls.load(
                openssl.files("node", "bundle"), TlsPolicy.internal().with(names), Clock.systemUTC())) {
            assertThat(identify(tls, "forged")).isNull();
            assertThat(identify(tls, "near")).isNull();
            PeerIdentity partner = identify(tls, "partner");
            assertThat(partner).isNotNull();
            assertThat(partner.authorityFingerprint()).isEqualTo(fingerprint("second"));
            assertThat(identify(tls, "node")).isNotNull();
        }
    }

    @Test
    void names_that_stand_in_the_authority_itself_are_honoured() {
        openssl.shell("openssl req -new -x509 -newkey ed25519 -nodes -keyout bound.key -out bound.crt -days 30"
                + " -subj /CN=bound -addext 'nameConstraints=critical,permitted;URI:partner.example'");
        openssl.write("bundle.crt", openssl.text("ca.crt") + openssl.text("bound.crt"));
        leaf("inside", "bound", "stigmem://partner.example/x");
        leaf("outside", "bound", OpensslFixture.NODE_URI);
        try (var tls = ReloadingTls.load(openssl.files("node", "bundle"), Clock.systemUTC())) {
            assertThat(identify(tls, "inside")).isNotNull();
            assertThat(identify(tls, "outside")).isNull();
            assertThat(identify(tls, "node")).isNotNull();
        }
    }

    @Test
    void a_uri_that_names_nobody_in_particular_is_no_identity() {
        List<String> odd = List.of(
                "stigmem://*.example/x",
                "http://node.example/x",
                "stigmem://user@node.example/x",
                "stigmem://node.example/x?a=b",
                "file:///etc/passwd");
        try (var tls = ReloadingTls.load(openssl.files("node", "ca"), Clock.systemUTC())) {
            for (int i = 0; i < odd.size(); i++) {
                leaf("odd" + i, "ca", odd.get(i));
                assertThat(identify(tls, "odd" + i)).as(odd.get(i)).isNull();
            }
            leaf("spiffe", "ca", "spiffe://example.org/service");
            assertThat(identify(tls, "spiffe")).isNotNull();
        }
    }

    @Test
    void a_binding_that_cannot_be_read_says_how_it_is_written() {
        assertThatThrownBy(() -> AuthorityNames.parse(List.of("partner=stigmem://x")))
                .hasMessageContaining("openssl x509")
                .hasMessageContaining("partner=stigmem://x");
    }
}
