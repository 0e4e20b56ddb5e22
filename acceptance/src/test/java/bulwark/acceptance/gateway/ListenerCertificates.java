package bulwark.acceptance.gateway;

import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The files of a TLS listener that asks for client certificates, replaced while it runs, and clients that check it as the JDK does. */
final class ListenerCertificates {
    private static final Duration DAY = Duration.ofDays(1);

    private final Path folder;
    private final CertificateAuthority authority;

    ListenerCertificates(Path folder) throws IOException {
        this.folder = folder;
        authority = CertificateAuthority.openOrCreate(
                folder, "authority of the test", CertificateKey.P256, Clock.systemUTC());
        replaceCertificate();
        for (String client : List.of("client", "former-client")) {
            authority.issue(client, new CertificateSubject(client, null, List.of(), false, true), DAY);
        }
        authority.revoke(List.of(), DAY);
        Files.copy(authority.certificate(), folder.resolve("client-ca.crt"));
    }

    Map<String, String> settings() {
        return Map.of(
                "STOA_HOST", "127.0.0.1",
                "STOA_TLS__PORT", "0",
                "STOA_TLS__CERT_FILE", folder.resolve("served.crt").toString(),
                "STOA_TLS__KEY_FILE", folder.resolve("served.key").toString(),
                "STOA_TLS__CLIENT_CA_FILE", folder.resolve("client-ca.crt").toString(),
                "STOA_TLS__CRL_FILE", folder.resolve("ca.crl").toString(),
                "STOA_TLS__CLIENT_AUTH", "want");
    }

    /** As an agent of the operator does it: the key, then the certificate, each in one step. */
    void replaceCertificate() throws IOException {
        authority.issue("next", new CertificateSubject("gateway", null, List.of("localhost"), true, false), DAY);
        for (String file : List.of(".key", ".crt")) {
            Files.move(
                    folder.resolve("next" + file),
                    folder.resolve("served" + file),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    X509Certificate served() throws IOException, GeneralSecurityException {
        return certificate("served.crt");
    }

    /** Names of clients, whose certificates are revoked from now on, and no others. */
    void revoke(String... clients) {
        authority.revoke(
                java.util.Arrays.stream(clients)
                        .map(client -> folder.resolve(client + ".crt"))
                        .toList(),
                DAY);
    }

    /** From now on another authority vouches for clients. */
    void replaceClientAuthority() throws IOException {
        Path other = folder.resolve("other");
        CertificateAuthority.openOrCreate(other, "another authority", CertificateKey.P256, Clock.systemUTC())
                .revoke(List.of(), DAY);
        Files.copy(other.resolve("ca.crl"), folder.resolve("ca.crl"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(other.resolve("ca.crt"), folder.resolve("client-ca.crt"), StandardCopyOption.REPLACE_EXISTING);
    }

    private X509Certificate certificate(String file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(folder.resolve(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private PrivateKey key(String file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(folder.resolve(file)).replaceAll("-----[^-]+-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    /** @param client whose certificate is shown; empty for none */
    SSLContext context(String client) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate("ca.crt"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        if (!client.isEmpty()) {
            own.setKeyEntry("own", key(client + ".key"), new char[0], new Certificate[] {certificate(client + ".crt")});
        }
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Through the handshake, with the server's name checked. */
    static SSLSocket connect(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
