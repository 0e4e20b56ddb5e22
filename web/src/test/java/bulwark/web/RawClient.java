package bulwark.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A socket that says exactly what the test wants to say. Reads give up after some seconds. */
final class RawClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private final Socket socket;

    RawClient(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text and reads everything until the server closes. */
    static String exchange(int port, String text) {
        try (RawClient client = new RawClient(port)) {
            client.send(text);
            return client.readToEnd();
        }
    }

    void send(String latin1) {
        send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the server has gone away. */
    boolean trySend(String latin1) {
        try {
            send(latin1);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Nothing more will be sent. */
    void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // the server was faster
        }
    }

    /** So many bytes, or fewer when the server closes. */
    String read(int bytes) {
        try {
            return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String readToEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (SocketException e) {
            // reset by the server: what came before counts
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until the text has been seen. */
    String readUntil(String wanted) {
        StringBuilder seen = new StringBuilder();
        try {
            while (seen.indexOf(wanted) < 0) {
                int b = socket.getInputStream().read();
                if (b < 0) {
                    throw new AssertionError("closed after: " + seen);
                }
                seen.append((char) b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("after: " + seen, e);
        }
        return seen.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
