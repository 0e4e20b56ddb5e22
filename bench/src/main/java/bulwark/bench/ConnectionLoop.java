package bulwark.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One thread that keeps one request in flight on each of its keep-alive connections. Knows just enough HTTP for that. */
final class ConnectionLoop implements AutoCloseable {
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final Requests requests;

    ConnectionLoop(int port, int count, Requests requests) throws IOException {
        this.requests = requests;
        selector = Selector.open();
        for (int i = 0; i < count; i++) {
            connections.add(new Connection(port));
        }
    }

    /** @return the time of each request in nanoseconds, in no order */
    long[] run(int total) throws IOException {
        long[] took = new long[total];
        int sent = 0;
        int done = 0;
        for (Connection connection : connections) {
            if (sent < total) {
                connection.send(requests.next());
                sent++;
            }
        }
        while (done < total) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.answered()) {
                    took[done++] = System.nanoTime() - connection.started;
                    if (sent < total) {
                        connection.send(requests.next());
                        sent++;
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        return took;
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer out = ByteBuffer.allocateDirect(16 * 1024);
        private final ByteBuffer in = ByteBuffer.allocateDirect(2 << 20);
        private long started;
        private int expected = -1;

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(byte[] request) throws IOException {
            out.clear().put(request).flip();
            in.clear();
            expected = -1;
            started = System.nanoTime();
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        boolean answered() throws IOException {
            if (channel.read(in) < 0) {
                throw new EOFException("the node closed a connection");
            }
            if (expected < 0) {
                expected = length();
            }
            return expected >= 0 && in.position() >= expected;
        }

        /** Bytes of the whole answer, or -1 while its head is incomplete. */
        private int length() throws IOException {
            for (int i = 3; i < in.position(); i++) {
                if (in.get(i) == '\n' && in.get(i - 2) == '\n') {
                    byte[] head = new byte[i + 1];
                    in.get(0, head);
                    return head.length + contentLength(new String(head, StandardCharsets.ISO_8859_1));
                }
            }
            return -1;
        }

        private static int contentLength(String head) throws IOException {
            if (head.charAt(9) != '2') {
                throw new IOException("the node answered " + head.replaceAll("\\s*\\R", ", "));
            }
            String name = "content-length:";
            for (int from = 0; from >= 0; from = head.indexOf('\n', from + 1)) {
                int start = from == 0 ? 0 : from + 1;
                if (head.regionMatches(true, start, name, 0, name.length())) {
                    int end = head.indexOf('\r', start);
                    return Integer.parseInt(
                            head.substring(start + name.length(), end).strip());
                }
            }
            throw new IOException("the node sent no content-length");
        }
    }
}
