package bulwark.acceptance.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One connection of HTTP/1.1 that is kept, and that hides nothing: what a client library would try again is a fault here. Used by one thread. */
final class KeptConnection implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /** @param fields in lower case, such as {@code x-stoa-trace-id: 4bf9…} */
    record Answer(int status, List<String> fields, String body) {
        /** Empty when there is no such field. */
        String field(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(field -> field.startsWith(start))
                    .map(field -> field.substring(start.length()).strip())
                    .findFirst()
                    .orElse("");
        }

        boolean closes() {
            return field("connection").equals("close");
        }
    }

    /** @param connected and, where it speaks TLS, through its handshake */
    KeptConnection(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static KeptConnection to(int port) throws IOException {
        return new KeptConnection(new Socket("127.0.0.1", port));
    }

    /** @param lines further header lines */
    Answer get(String target, String... lines) throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String line : lines) {
            request.append(line).append("\r\n");
        }
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        String status = line();
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            fields.add(field.substring(0, colon).toLowerCase(Locale.ROOT) + field.substring(colon));
        }
        Answer head = new Answer(Integer.parseInt(status.substring(9, 12)), fields, "");
        return new Answer(head.status(), fields, body(head));
    }

    private String body(Answer head) throws IOException {
        if (head.status() == 204 || head.status() == 304) {
            return "";
        }
        if (!head.field("transfer-encoding").isEmpty()) {
            return chunks();
        }
        return read(Integer.parseInt(head.field("content-length")));
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.append(read(size));
            line();
        }
        line();
        return body.toString();
    }

    private String read(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the answer ends after " + read.length + " of " + bytes + " bytes");
        }
        return new String(read, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ends within a head");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
