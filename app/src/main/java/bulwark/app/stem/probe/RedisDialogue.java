package bulwark.app.stem.probe;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Commands to a Redis and their replies, without what a client library does by itself before the first: RESP2, arrays of texts at most. For one thread. */
final class RedisDialogue implements AutoCloseable {
    private static final int MAX_LINE = 4096;
    private static final int MAX_TEXT = 1 << 16;
    private static final int MAX_MEMBERS = 64;

    private final Socket socket;
    private final InputStream in;

    RedisDialogue(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * @return the reply's texts in turn; of an error its line with the minus sign
     * @throws IOException when there is no reply, or none of this protocol
     */
    List<String> ask(String... words) throws IOException {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
        return reply(in);
    }

    /** As {@link #ask} returns it. */
    static List<String> reply(InputStream in) throws IOException {
        List<String> reply = new ArrayList<>();
        read(in, reply, 0);
        if (reply.isEmpty()) {
            throw new IOException("an empty reply");
        }
        return reply;
    }

    private static void read(InputStream in, List<String> into, int depth) throws IOException {
        String line = line(in);
        switch (line.charAt(0)) {
            case '+', ':' -> into.add(line.substring(1));
            case '-' -> into.add(line);
            case '$' -> into.add(text(in, number(line, MAX_TEXT)));
            case '*' -> {
                int members = number(line, MAX_MEMBERS);
                if (depth > 1) {
                    throw new IOException("a reply is nested too deeply");
                }
                for (int i = 0; i < members; i++) {
                    read(in, into, depth + 1);
                }
            }
            default -> throw new IOException("no reply of Redis");
        }
    }

    private static int number(String line, int max) throws IOException {
        if (!line.substring(1).matches("-1|[0-9]{1,6}") || Integer.parseInt(line.substring(1)) > max) {
            throw new IOException("no reply of Redis");
        }
        return Integer.parseInt(line.substring(1));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server ended the connection");
            }
            line.append((char) next);
            if (line.length() > MAX_LINE) {
                throw new IOException("no reply of Redis");
            }
        }
        String text = line.toString().stripTrailing();
        if (text.isEmpty()) {
            throw new IOException("no reply of Redis");
        }
        return text;
    }

    private static String text(InputStream in, int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the server ended the connection");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
