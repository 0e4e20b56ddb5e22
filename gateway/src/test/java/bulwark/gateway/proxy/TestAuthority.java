package bulwark.gateway.proxy;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** An authority in a folder, with a certificate of the server {@code localhost} and one of a client. */
final class TestAuthority {
    static final Duration DAY = Duration.ofDays(1);

    final Path folder;
    final SettableClock clock;
    private final CertificateAuthority authority;

    TestAuthority(Path folder, SettableClock clock) {
        this.folder = folder;
        this.clock = clock;
        authority = CertificateAuthority.openOrCreate(folder, "Test CA", CertificateKey.P256, clock);
        issueServer();
        authority.issue("client", new CertificateSubject("client", null, List.of(), false, true), DAY);
    }

    void issueServer() {
        authority.issue("server", new CertificateSubject("server", null, List.of("localhost"), true, false), DAY);
    }

    /** @param name server or client */
    ReloadingTls load(String name, TlsPolicy policy) {
        TlsFiles files = new TlsFiles(file(name + ".crt"), file(name + ".key"), file("ca.crt"), null);
        return ReloadingTls.load(files, policy, clock);
    }

    ReloadingTls server() {
        return load("server", TlsPolicy.publicServer());
    }

    private ConfiguredPath file(String name) {
        return ConfiguredPath.unnamed(folder.resolve(name));
    }

    /** Checks servers as the JDK does, with this authority in place of the public ones. */
    SSLContext trusting() {
        try (InputStream in = Files.newInputStream(folder.resolve("ca.crt"))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Trusts any server: for tests that look at what the listener does. */
    static SSLContext anonymous() {
        return showing(null);
    }

    /** As {@link #anonymous}, with a certificate. */
    static SSLContext showing(@Nullable KeyManager certificate) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate == null ? null : new KeyManager[] {certificate},
                    new TrustManager[] {new TrustingManager()},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Through the handshake. @param protocols of ALPN */
    static SSLSocket connect(int port, String... protocols) {
        try {
            SSLSocket socket = (SSLSocket) anonymous().getSocketFactory().createSocket("127.0.0.1", port);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class TrustingManager implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
