package bulwark.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** A socket that says exactly what a test wants to say, as Latin-1. Reads give up after a minute. Not thread-safe. */
public class WireSocket implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    public WireSocket(int port) {
        this(connect(port));
    }

    /** @param connected and, where it speaks TLS, through its handshake */
    public WireSocket(Socket connected) {
        socket = connected;
        try {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket connect(int port) {
        try {
            return new Socket("127.0.0.1", port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text and reads everything until the server closes. */
    public static String answerTo(int port, String text) {
        try (WireSocket client = new WireSocket(port)) {
            client.send(text);
            return client.readToEnd();
        }
    }

    public final Socket socket() {
        return socket;
    }

    public WireSocket send(String latin1) {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public final WireSocket send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the other side has gone away. */
    public final boolean trySend(String latin1) {
        try {
            send(latin1);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Nothing more will be sent. */
    public final void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // the server was faster
        }
    }

    /** So many bytes, or fewer when the other side closes. */
    public final String read(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up to so many bytes; fewer when the other side ends, with or without a reset. */
    public final String tryRead(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException reset) {
            return "";
        }
    }

    /** To the end of the line, without it. */
    public final String line() {
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

    /** Reads until the text has been seen. */
    public final String readUntil(String wanted) {
        StringBuilder seen = new StringBuilder();
        try {
            while (seen.indexOf(wanted) < 0) {
                int b = in.read();
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

    /** A reset is an end, too: what came before counts. */
    public final String readToEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException | SSLException e) {
            // the end
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side ended the connection, with or without a reset. */
    public final boolean isAtEnd() {
        return readToEnd().isEmpty();
    }

    @Override
    public final void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
