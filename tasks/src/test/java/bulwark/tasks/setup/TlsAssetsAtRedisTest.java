package bulwark.tasks.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.tls.TlsFiles;
import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that was started with the certificates talks to whom they name and to nobody else. */
@Timeout(60)
class TlsAssetsAtRedisTest {
    @TempDir
    Path folder;

    private TlsFiles assets(String name) {
        Path directory = folder.resolve(name);
        new TlsAssets(directory, List.of("stem.local", "redis"), "stem-client", Duration.ofDays(1), null)
                .make(Clock.systemUTC());
        return files(directory, "client");
    }

    private static TlsFiles files(Path directory, String name) {
        return new TlsFiles(
                directory.resolve(name + ".crt"), directory.resolve(name + ".key"), directory.resolve("ca.crt"));
    }

    @Test
    void only_the_client_certificate_is_accepted() throws IOException {
        TlsFiles client = assets("certs");
        TlsFiles server = files(folder.resolve("certs"), "server");
        try (RedisServer redis = RedisServer.mutualTls(
                server.certificate().path(),
                server.privateKey().path(),
                server.caBundle().path())) {
            assertThat(ping(redis, client, "localhost")).isEqualTo("+PONG");
            assertThat(ping(redis, client, "127.0.0.1")).isEqualTo("+PONG");
            assertThat(ping(redis, client, "redis")).isEqualTo("+PONG");
            assertRefused(redis, client, "elsewhere");
            // Its purpose is to be a server.
            assertRefused(redis, server, "localhost");
            assertRefused(redis, assets("of-another-authority"), "localhost");
        }
    }

    private static void assertRefused(RedisServer redis, TlsFiles files, String host) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ping(redis, files, host));
    }

    /** @param host whom the server's certificate must name; the connection itself goes to loopback */
    private static String ping(RedisServer redis, TlsFiles files, String host) throws IOException {
        try (Socket plain = new Socket("127.0.0.1", redis.port());
                SSLSocket socket =
                        (SSLSocket) context(files).getSocketFactory().createSocket(plain, host, redis.port(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            // A refused certificate is told after the handshake: it is the first answer that fails.
            byte[] answer = socket.getInputStream().readNBytes(5);
            if (answer.length == 0) {
                throw new IOException("the server closed the connection");
            }
            return new String(answer, StandardCharsets.US_ASCII);
        }
    }

    /** As any client of Redis would make it, with nothing of this system's own. */
    private static SSLContext context(TlsFiles files) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            String pem = Files.readString(files.privateKey().path()).replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
            store.setKeyEntry("own", key, new char[0], new Certificate[] {
                certificate(files.certificate().path())
            });
            store.setCertificateEntry("authority", certificate(files.caBundle().path()));
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
