package bulwark.doctor.client;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Sends bytes that no well-behaved client would send, and takes the first that come back. Stateless. */
public final class RawExchange {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER = 4096;

    private RawExchange() {}

    /**
     * @return what came back first; empty when the connection was closed without a byte
     * @throws IOException when nothing came for three seconds: whoever is silent has not refused
     */
    public static byte[] send(ProbeClient client, URI base, byte[] bytes) throws IOException {
        try (Socket socket = client.connect(base, TIMEOUT)) {
            byte[] answer = new byte[MAX_ANSWER];
            try {
                socket.getOutputStream().write(bytes);
                int length = Math.max(0, socket.getInputStream().read(answer));
                return Arrays.copyOf(answer, length);
            } catch (SocketTimeoutException silent) {
                client.failed(base);
                throw new IOException(base + " said nothing for " + TIMEOUT.toSeconds() + " s", silent);
            } catch (IOException reset) {
                return new byte[0];
            }
        }
    }

    /** An HTTP request with this Host, without a credential. @return the first line and what followed it, as text */
    public static String http(ProbeClient client, URI base, String target, String host) throws IOException {
        String request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        return new String(send(client, base, request.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.ISO_8859_1);
    }
}
