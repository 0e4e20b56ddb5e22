package bulwark.bench.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One of several upstreams, which stays at its port and is well, dead, silent or failing as the arena wants it. Thread-safe. */
final class ArenaBackend implements AutoCloseable {
    private static final byte[] WELL =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FAILS =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What an upstream does. */
    enum State {
        WELL,
        /** Nothing listens, and open connections were reset. */
        DEAD,
        /** It takes requests and never answers. */
        SILENT,
        /** Answers 503 to everything. */
        FAILING
    }

    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile State state = State.WELL;
    private @Nullable ServerSocket listener;

    ArenaBackend(int port) throws IOException {
        this.port = port;
        listen();
    }

    int port() {
        return port;
    }

    void become(State next) throws IOException {
        state = next;
        if (next == State.DEAD) {
            close();
        } else if (listener == null) {
            listen();
        }
    }

    private void listen() throws IOException {
        ServerSocket opened = new ServerSocket();
        opened.setReuseAddress(true);
        opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        listener = opened;
        Thread.ofVirtual().start(() -> accept(opened));
    }

    private void accept(ServerSocket opened) {
        while (!opened.isClosed()) {
            try {
                Socket socket = opened.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.setTcpNoDelay(true);
            while (true) {
                String line = in.readLine();
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                if (line == null) {
                    return;
                }
                if (state == State.WELL || state == State.FAILING) {
                    socket.getOutputStream().write(state == State.WELL ? WELL : FAILS);
                }
            }
        } catch (IOException gone) {
            // Whoever was connected has left, or was reset.
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        ServerSocket open = listener;
        if (open != null) {
            open.close();
            listener = null;
        }
        for (Socket socket : sockets) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
