package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of servers that are known by their host name. */
@Timeout(60)
class ClientTlsTest {
    @TempDir
    Path directory;

    private OpensslFixture made() {
        return new OpensslFixture(directory)
                .authority("ca")
                .authority("other")
                .leaf("server", "ca", "openssl genpkey -algorithm ed25519", "DNS:localhost", "-days 90")
                .leaf("node", "ca");
    }

    private ClientTls client(String authority, ClientTls.Servers servers) {
        return ClientTls.load(
                ClientTls.Files.unnamed(null, null, directory.resolve(authority + ".crt")), servers, Clock.systemUTC());
    }

    /** A server whose certificate names localhost; the connection claims to be one to the given host. */
    private void handshake(OpensslFixture made, ClientTls tls, String host) throws IOException {
        TlsFiles server = made.files("server", "ca");
        TlsMaterial material =
                TlsMaterial.identity("server", server.certificate(), server.privateKey(), Clock.systemUTC());
        var context = PinnedTlsContext.of(
                TlsPolicy.internal(),
                new ReloadingKeyManager(() -> material, alias -> material),
                new InsecureTrustManager());
        try (SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                    accepted.startHandshake();
                } catch (IOException refused) {
                    // The client tells.
                }
            });
            try (var plain = new java.net.Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                    SSLSocket socket =
                            (SSLSocket) tls.sockets().createSocket(plain, host, listener.getLocalPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
            }
        }
    }

    @Test
    void a_server_of_the_authority_is_accepted_under_its_own_name_only() throws IOException {
        OpensslFixture made = made();
        try (ClientTls tls = client("ca", ClientTls.Servers.TRUSTED)) {
            handshake(made, tls, "localhost");
            assertThatThrownBy(() -> handshake(made, tls, "elsewhere")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void a_server_of_another_authority_is_refused_and_after_a_reload_of_the_bundle_accepted() throws IOException {
        OpensslFixture made = made();
        made.replace("bundle.crt", "other.crt");
        try (ClientTls tls = client("bundle", ClientTls.Servers.TRUSTED)) {
            assertThatThrownBy(() -> handshake(made, tls, "localhost")).isInstanceOf(SSLException.class);
            made.replace("bundle.crt", "ca.crt");
            assertThat(tls.reload()).isEmpty();
            handshake(made, tls, "localhost");
        }
    }

    @Test
    void bad_new_material_is_refused_and_the_old_stays_in_use() throws IOException {
        OpensslFixture made = made();
        made.replace("bundle.crt", "ca.crt");
        try (ClientTls tls = client("bundle", ClientTls.Servers.TRUSTED)) {
            Files.writeString(directory.resolve("bundle.crt"), "nothing");
            assertThat(tls.reload())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("holds no certificate"));
            handshake(made, tls, "localhost");
        }
    }

    @Test
    void without_an_authority_those_of_the_system_are_asked() {
        OpensslFixture made = made();
        try (ClientTls tls = ClientTls.load(ClientTls.Files.NONE, ClientTls.Servers.TRUSTED, Clock.systemUTC())) {
            assertThatThrownBy(() -> handshake(made, tls, "localhost")).isInstanceOf(SSLException.class);
            assertThat(tls.expires()).isNull();
        }
    }

    @Test
    void a_certificate_needs_its_key_and_no_uri() {
        made();
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        assertThatThrownBy(() -> ClientTls.load(
                        ClientTls.Files.unnamed(certificate, null, null), ClientTls.Servers.TRUSTED, Clock.systemUTC()))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("without its private key");
        assertThatThrownBy(() -> ClientTls.load(
                        ClientTls.Files.unnamed(null, key, null), ClientTls.Servers.TRUSTED, Clock.systemUTC()))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("without its client certificate");
        try (ClientTls tls = ClientTls.load(
                ClientTls.Files.unnamed(certificate, key, null), ClientTls.Servers.TRUSTED, Clock.systemUTC())) {
            assertThat(tls.expires()).isNotNull();
        }
    }
}
