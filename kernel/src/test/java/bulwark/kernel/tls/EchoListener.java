package bulwark.kernel.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A TLS listener on the JDK's own sockets that answers "hello, " with the URI of a peer that has one, and closes. */
final class EchoListener implements AutoCloseable {
    private final SSLServerSocket server;
    private final ReloadingTls tls;
    final List<String> reasons = new CopyOnWriteArrayList<>();
    final List<List<X509Certificate>> peers = new CopyOnWriteArrayList<>();

    EchoListener(ReloadingTls tls) throws IOException {
        this(tls, true);
    }

    /** @param clients whether peers need a certificate */
    EchoListener(ReloadingTls tls, boolean clients) throws IOException {
        this.tls = tls;
        tls.onRefusedPeer(peer -> reasons.add(peer.reason()));
        server = (SSLServerSocket)
                tls.context().getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(clients);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                SSLSocket socket = (SSLSocket) server.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void answer(SSLSocket socket) {
        try (socket) {
            socket.setSoTimeout(5_000);
            socket.startHandshake();
            List<X509Certificate> chain = server.getNeedClientAuth()
                    ? Arrays.stream(socket.getSession().getPeerCertificates())
                            .map(X509Certificate.class::cast)
                            .toList()
                    : List.of();
            peers.add(chain);
            String uri = chain.isEmpty() ? "" : UriSan.of(chain.getFirst()).orElse("");
            socket.getOutputStream().write(("hello, " + uri + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException refused) {
            tls.handshakeFailed(refused, "loopback");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
