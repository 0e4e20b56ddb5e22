package bulwark.acceptance.doctor;

import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS server with a certificate of somebody else's, which answers 200 to whoever it lets in. */
final class TlsImpostor implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};

    private final LoopbackServer server;

    /** @param authority whose callers alone are let in; null lets everybody in, also with TLS 1.2 */
    TlsImpostor(Path certificate, Path key, Path authority) throws IOException, GeneralSecurityException {
        SSLContext context = context(certificate, key, authority);
        server = LoopbackServer.start(sockets(context, authority != null), connection -> {
            InputStream in = connection.getInputStream();
            byte[] head = new byte[1024];
            int ignored = in.read(head);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
        });
    }

    /** Of a server. @param authority whose callers are trusted; null for none */
    static SSLContext context(Path certificate, Path key, Path authority) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NO_PASSWORD);
        own.setKeyEntry("own", key(key), NO_PASSWORD, new Certificate[] {certificate(certificate)});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, NO_PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        trusted.setCertificateEntry("ca", certificate(authority == null ? certificate : authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    String url() {
        return "https://localhost:" + server.port();
    }

    private static ServerSocketFactory sockets(SSLContext context, boolean mutual) {
        return new ServerSocketFactory() {
            @Override
            public ServerSocket createServerSocket(int port) throws IOException {
                return createServerSocket(port, 50, InetAddress.getLoopbackAddress());
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog) throws IOException {
                return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
                SSLServerSocket socket =
                        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, backlog, address);
                socket.setNeedClientAuth(mutual);
                socket.setEnabledProtocols(mutual ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"});
                return socket;
            }
        };
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        try {
            return KeyFactory.getInstance("EdDSA").generatePrivate(encoded);
        } catch (InvalidKeySpecException otherKind) {
            return KeyFactory.getInstance("EC").generatePrivate(encoded);
        }
    }

    private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
