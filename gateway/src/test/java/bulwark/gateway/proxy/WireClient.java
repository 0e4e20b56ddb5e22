package bulwark.gateway.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** A socket that says exactly what the test wants to say, and reads answers as bytes. Reads give up after some seconds. */
final class WireClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    WireClient(int port) {
        this(connect(port));
    }

    private static Socket connect(int port) {
        try {
            return new Socket("127.0.0.1", port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param connected and, where it speaks TLS, through its handshake */
    WireClient(Socket connected) {
        socket = connected;
        try {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text and reads one answer. */
    static Answer exchange(int port, String request) {
        try (WireClient client = new WireClient(port)) {
            client.send(request);
            return client.answer();
        }
    }

    WireClient send(String latin1) {
        try {
            socket.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the other side has gone away. */
    boolean trySend(String latin1) {
        try {
            send(latin1);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** So that the gateway notices soon that nothing is read. */
    WireClient receivesLittle() {
        try {
            socket.setReceiveBufferSize(4_096);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Socket socket() {
        return socket;
    }

    /** One answer to a request that was not HEAD; interim answers are skipped. */
    Answer answer() {
        return answer(false);
    }

    Answer answer(boolean headOnly) {
        Answer head = head();
        while (head.status() / 100 == 1 && head.status() != 101) {
            head = head();
        }
        return headOnly ? head : head.withBody(body(head));
    }

    /** Status line and headers of the next answer. */
    Answer head() {
        String line = line();
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            fields.add(field);
        }
        return new Answer(line, fields, "");
    }

    private String body(Answer head) {
        if (head.status() == 204 || head.status() == 304 || head.status() == 101) {
            return "";
        }
        if (head.has("transfer-encoding")) {
            return chunks();
        }
        return head.has("content-length") ? read(Integer.parseInt(head.value("content-length"))) : readToEnd();
    }

    private String chunks() {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            if (size == 0) {
                for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    body.append('[').append(trailer).append(']');
                }
                return body.toString();
            }
            body.append(read(size));
            line();
        }
    }

    String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new AssertionError("the connection ended after '" + line + "'");
                }
                if (c != '\r') {
                    line.write(c);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** So many bytes, or fewer when the other side closes. */
    String read(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String readToEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException | SSLException e) {
            // a reset is an end too
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Up to so many bytes; fewer when the other side ends, with or without a reset. */
    String tryRead(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException reset) {
            return "";
        }
    }

    /** Whether the other side ended the connection, with or without a reset. */
    boolean isAtEnd() {
        return readToEnd().isEmpty();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param fields header lines as received */
    record Answer(String statusLine, List<String> fields, String body) {
        int status() {
            return Integer.parseInt(statusLine.substring(9, 12));
        }

        Answer withBody(String text) {
            return new Answer(statusLine, fields, text);
        }

        boolean has(String name) {
            return !values(name).isEmpty();
        }

        String value(String name) {
            List<String> values = values(name);
            if (values.size() != 1) {
                throw new AssertionError(name + " is there " + values.size() + " times in " + fields);
            }
            return values.getFirst();
        }

        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(field -> field.substring(prefix.length()).strip())
                    .toList();
        }
    }
}
