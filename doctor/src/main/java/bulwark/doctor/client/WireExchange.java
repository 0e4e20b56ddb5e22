package bulwark.doctor.client;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the caller's own bytes, each over a connection of its own, and the whole answer to each. Over TLS the server must be the one that the authority vouches for, since a request may bear a
 * credential. Immutable; blocks.
 *
 * @param authority PEM that vouches for the server of {@code https} addresses; null for the authorities of the system
 */
public record WireExchange(
        ProbeClient client, URI base, @Nullable Path authority, Clock clock) {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER = 1 << 18;

    /** @param lines more header lines without their ends */
    public WireAnswer ask(String method, String target, String... lines) throws IOException {
        return send(head(method, target, lines) + "\r\n");
    }

    /** @param json the body */
    public WireAnswer post(String target, String json, String... lines) throws IOException {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return send(head("POST", target, lines) + "Content-Type: application/json\r\nContent-Length: " + length
                + "\r\n\r\n" + json);
    }

    /** A request that ends the connection, without the empty line at its end. */
    public String head(String method, String target, String... lines) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (Arrays.stream(lines).noneMatch(line -> line.startsWith("Host:"))) {
            head.append("Host: ")
                    .append(base.getHost())
                    .append(':')
                    .append(ProbeClient.port(base))
                    .append("\r\n");
        }
        head.append("User-Agent: bulwark-doctor\r\n")
                .append(ProbeClient.MARK + ": ")
                .append(client.visitId())
                .append("\r\nConnection: close\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        return head.toString();
    }

    /** @throws IOException when nothing came that is an answer, or the server is another one */
    public WireAnswer send(String bytes) throws IOException {
        try (Socket tcp = client.connect(base, TIMEOUT);
                Socket socket = base.getScheme().equals("https") ? secured(tcp) : tcp) {
            byte[] answer = new byte[MAX_ANSWER];
            int length = 0;
            boolean closed = false;
            try {
                socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                while (!closed && length < MAX_ANSWER) {
                    int read = socket.getInputStream().read(answer, length, MAX_ANSWER - length);
                    closed = read < 0;
                    length += Math.max(0, read);
                }
            } catch (SocketTimeoutException open) {
                closed = false;
            } catch (IOException reset) {
                closed = true;
            }
            return WireAnswer.parse(base, answer, length, closed);
        }
    }

    private SSLSocket secured(Socket tcp) throws IOException {
        SSLSocket socket = (SSLSocket)
                client.tls(authority, clock).sockets().createSocket(tcp, base.getHost(), ProbeClient.port(base), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
