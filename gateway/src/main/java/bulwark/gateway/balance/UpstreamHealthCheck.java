package bulwark.gateway.balance;

import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.network.TargetUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Asks an upstream whether it is well: one GET over a connection of its own, to an address that the guard judged. Blocks; call on a virtual thread. Thread-safe. */
final class UpstreamHealthCheck {
    /** {@code HTTP/1.1 200}. */
    private static final int STATUS_BYTES = 12;

    private final AddressGuard guard;
    private final SSLContext tls;
    private final int timeoutMillis;

    /** @param timeout of the connection, and of each read */
    UpstreamHealthCheck(AddressGuard guard, SSLContext tls, Duration timeout) {
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
        try (Socket plain = new Socket()) {
            plain.connect(address, timeoutMillis);
            plain.setSoTimeout(timeoutMillis);
            if (!server.isTls()) {
                return isWell(plain, server, path);
            }
            try (Socket secure = secure(plain, server.url())) {
                return isWell(secure, server, path);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private Socket secure(Socket plain, TargetUrl url) throws IOException {
        String host = url.host() instanceof TargetHost.Address address
                ? address.address().getHostAddress()
                : url.host().text();
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, url.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static boolean isWell(Socket socket, UpstreamServer server, String path) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\n" + new String(server.hostLine(), StandardCharsets.US_ASCII)
                + "User-Agent: stoa-health\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String status = new String(socket.getInputStream().readNBytes(STATUS_BYTES), StandardCharsets.ISO_8859_1);
        return status.matches("HTTP/1\\.[01] [23]\\d\\d");
    }
}
