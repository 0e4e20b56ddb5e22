package bulwark.gateway.balance;

import bulwark.gateway.http2.Http2StatusRequest;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.tls.TlsRefused;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/**
 * Asks an upstream whether it is well: one GET over a connection of its own, to an address that the guard judged, in the protocol and with the TLS that its route is called with. Blocks; call on a virtual
 * thread. Thread-safe.
 */
final class UpstreamHealthCheck {
    /** {@code HTTP/1.1 200}. */
    private static final int STATUS_BYTES = 12;

    private final AddressGuard guard;
    private final UpstreamTls tls;
    private final int timeoutMillis;

    /** @param timeout of the connection, and of each read */
    UpstreamHealthCheck(AddressGuard guard, UpstreamTls tls, Duration timeout) {
        this.guard = guard;
        this.tls = tls;
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    }

    /** Whether it answered with a status from 200 to 399. @param path begins with a slash */
    boolean passes(UpstreamServer server, String path) {
        return switch (guard.decide(server.url())) {
            case GuardDecision.Blocked _ -> false;
            case GuardDecision.Allowed allowed ->
                answers(server, path, allowed.addresses().getFirst());
        };
    }

    private boolean answers(UpstreamServer server, String path, InetSocketAddress address) {
        boolean asked = server.origin().http() == UpstreamHttp.H2;
        try (Socket plain = new Socket()) {
            plain.connect(address, timeoutMillis);
            plain.setSoTimeout(timeoutMillis);
            if (!server.isTls()) {
                return isWell(plain, server, path, asked);
            }
            try (SSLSocket secure = tls.socket(plain, server.origin())) {
                secure.startHandshake();
                boolean http2 = UpstreamTls.HTTP_2.equals(secure.getApplicationProtocol());
                return (http2 || !asked) && isWell(secure, server, path, http2);
            }
        } catch (IOException | TlsRefused e) {
            return false;
        }
    }

    private static boolean isWell(Socket socket, UpstreamServer server, String path, boolean http2) throws IOException {
        if (http2) {
            int status = Http2StatusRequest.status(
                    socket.getInputStream(), socket.getOutputStream(), server.isTls(), server.authority(), path);
            return status >= 200 && status < 400;
        }
        String head = "GET " + path + " HTTP/1.1\r\n" + new String(server.hostLine(), StandardCharsets.US_ASCII)
                + "User-Agent: stoa-health\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String status = new String(socket.getInputStream().readNBytes(STATUS_BYTES), StandardCharsets.ISO_8859_1);
        return status.matches("HTTP/1\\.[01] [23]\\d\\d");
    }
}
