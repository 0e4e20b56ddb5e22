package bulwark.bench.gateway;

import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A backend on loopback that reads the body of each request, keeps nothing of it and answers 200. The length must be told in the head. */
final class BodySink implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK_BYTES = 64 << 10;

    private final LoopbackServer server = LoopbackServer.start(BodySink::answer);

    int port() {
        return server.port();
    }

    private static void answer(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        long rest = length.find() ? Long.parseLong(length.group(1)) : 0;
        byte[] chunk = new byte[CHUNK_BYTES];
        while (rest > 0) {
            int read = in.read(chunk, 0, (int) Math.min(chunk.length, rest));
            if (read < 0) {
                return;
            }
            rest -= read;
        }
        connection.getOutputStream().write(ANSWER);
    }

    @Override
    public void close() {
        server.close();
    }
}
