package bulwark.doctor.client;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Says one word to every address of a target, to all at the same time, before probes do: an address that takes the connection and then says nothing is known from then on, and no probe waits for it.
 * Otherwise a deployment that stands still would cost the deadline of each of its addresses, one after another.
 */
public final class FirstContact {
    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    private FirstContact() {}

    /** Blocks for six seconds at most; ends early when its thread is interrupted. */
    public static void with(ProbeClient client, Collection<URI> addresses) {
        List<Thread> threads = addresses.stream()
                .distinct()
                .map(base -> Thread.ofVirtual().name("first contact").start(() -> say(client, base)))
                .toList();
        long end = System.nanoTime() + TIMEOUT.toNanos();
        try {
            for (Thread thread : threads) {
                boolean ignored = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        threads.forEach(Thread::interrupt);
    }

    private static void say(ProbeClient client, URI base) {
        try (Socket socket = client.connect(base, TIMEOUT)) {
            socket.getOutputStream().write(words(client, base));
            int ignored = socket.getInputStream().read();
        } catch (SocketTimeoutException silent) {
            client.isSilent(base);
        } catch (IOException refused) {
            // A refusal is quick, and each probe says of it what it means.
        }
    }

    /** A hello of TLS 1.2, or a question for the health: any answer will do. */
    private static byte[] words(ProbeClient client, URI base) {
        return base.getScheme().equals("https")
                ? OldProtocolHello.TLS_1_2.bytes()
                : ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + ProbeClient.MARK + ": " + client.visitId()
                                + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }
}
