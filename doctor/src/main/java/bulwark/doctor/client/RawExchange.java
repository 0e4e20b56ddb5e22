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
    private static final int ENOUGH = 64;
    private static final int ALERT = 21;
    private static final int ALERT_BYTES = 7;

    private RawExchange() {}

    /**
     * @return what came back first; empty when the connection was closed without a byte
     * @throws IOException when nothing came for three seconds, or too little to tell what the server speaks: whoever is silent, or drips, has not refused
     */
    public static byte[] send(ProbeClient client, URI base, byte[] bytes) throws IOException {
        try (Socket socket = client.connect(base, TIMEOUT)) {
            byte[] answer = new byte[MAX_ANSWER];
            int length = 0;
            try {
                socket.getOutputStream().write(bytes);
                long end = System.nanoTime() + TIMEOUT.toNanos();
                // The first bytes may come one by one: two letters do not tell what a server speaks.
                while (!isEnough(answer, length)) {
                    socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
                    int more = socket.getInputStream().read(answer, length, answer.length - length);
                    if (more < 0) {
                        break;
                    }
                    length += more;
                }
            } catch (SocketTimeoutException slow) {
                client.failed(base);
                throw new IOException(
                        base + " said "
                                + (length == 0 ? "nothing" : "too little to tell what it speaks")
                                + " for " + TIMEOUT.toSeconds() + " s",
                        slow);
            } catch (IOException reset) {
                // what came before it counts
            }
            return Arrays.copyOf(answer, length);
        }
    }

    /** A line of HTTP, a hello, or an alert of TLS (RFC 8446, section 6), after which a server may leave the connection open. */
    private static boolean isEnough(byte[] answer, int length) {
        return length >= ENOUGH || length >= ALERT_BYTES && answer[0] == ALERT;
    }

    /** An HTTP request with this Host, without a credential. @return the first line and what followed it, as text */
    public static String http(ProbeClient client, URI base, String target, String host) throws IOException {
        String request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        return new String(send(client, base, request.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.ISO_8859_1);
    }
}
