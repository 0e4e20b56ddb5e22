package bulwark.acceptance.doctor;

import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Ends TLS before a gateway with the gateway's own certificate, and passes on bytes: whole requests, and whole answers, each of which its rules may change. What a proxy does that decodes, repairs and
 * rewrites. For requests that end their connection. Thread-safe.
 */
final class TlsRelay implements AutoCloseable {
    private static final int MAX_BYTES = 1 << 20;
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private final LoopbackServer server;
    private final ClientTls upstream;
    private final int port;
    private final Rules rules;

    /** What changes on the way; texts are bytes in ISO 8859-1. */
    interface Rules {
        String request(String request);

        /** @param request as the caller sent it */
        String answer(String request, String answer);
    }

    TlsRelay(Path certificate, Path key, Path authority, int port, Rules rules) throws Exception {
        this.port = port;
        this.rules = rules;
        upstream = ClientTls.load(
                ClientTls.Files.unnamed(null, null, authority),
                ClientTls.Servers.TRUSTED,
                TlsPolicy.publicServer(),
                Clock.systemUTC());
        server = LoopbackServer.start(
                TlsImpostor.context(certificate, key, authority).getServerSocketFactory(), this::pass);
    }

    String url() {
        return "https://localhost:" + server.port();
    }

    private void pass(Socket caller) throws IOException {
        String request = read(caller.getInputStream(), true);
        try (Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket gateway = upstream.sockets().createSocket(tcp, "localhost", port, true)) {
            gateway.setSoTimeout(READ_TIMEOUT_MILLIS);
            gateway.getOutputStream().write(rules.request(request).getBytes(StandardCharsets.ISO_8859_1));
            String answer = rules.answer(request, read(gateway.getInputStream(), false));
            caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            caller.getOutputStream().flush();
        }
    }

    /** @param head to the first empty line; else to the end, or until nothing comes any more */
    private static String read(InputStream in, boolean head) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[1 << 16];
        try {
            while (text.length() < MAX_BYTES && !(head && text.indexOf("\r\n\r\n") >= 0)) {
                int read = in.read(buffer);
                if (read < 0) {
                    break;
                }
                text.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException silent) {
            // What came is the answer.
        }
        return text.toString();
    }

    @Override
    public void close() {
        server.close();
        upstream.close();
    }
}
