package bulwark.gateway;

import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import javax.net.ssl.SSLParameters;

/** Answers 204 over TLS to clients with a certificate of its authority, on loopback. Each call has a connection of its own, so that a handshake sees what the files hold. */
public final class CertificateDemandingBackend implements AutoCloseable {
    private final ReloadingTls material;
    private final HttpsServer server;
    private volatile String[] versions = {"TLSv1.3", "TLSv1.2"};

    /** @param files folder with server.crt, server.key and ca.crt */
    public CertificateDemandingBackend(Path files, Clock clock) throws IOException {
        material = ReloadingTls.load(
                new TlsFiles(files.resolve("server.crt"), files.resolve("server.key"), files.resolve("ca.crt")),
                TlsPolicy.publicServer(),
                clock);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(material.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters needed = getSSLContext().getDefaultSSLParameters();
                needed.setNeedClientAuth(true);
                needed.setProtocols(versions);
                parameters.setSSLParameters(needed);
            }
        });
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    /** From the next connection on. */
    public void speaks(String... only) {
        versions = only;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        material.close();
    }
}
