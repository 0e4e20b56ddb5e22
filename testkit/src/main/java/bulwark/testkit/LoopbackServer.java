package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** A server on a free port of loopback; each connection has a thread of its own until its handler returns, and is closed then. Thread-safe. */
public final class LoopbackServer implements AutoCloseable {
    private static final int BACKLOG = 50;

    /** Speaks with one client. */
    public interface Handler {
        /** @throws IOException when the client was faster, which is no fault */
        void serve(Socket connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    private LoopbackServer(ServerSocket listener, Handler handler) {
        this.listener = listener;
        this.handler = handler;
    }

    public static LoopbackServer start(Handler handler) {
        return start(ServerSocketFactory.getDefault(), handler);
    }

    /** @param sockets of TLS, or plain */
    public static LoopbackServer start(ServerSocketFactory sockets, Handler handler) {
        try {
            ServerSocket listener = sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
            LoopbackServer server = new LoopbackServer(listener, handler);
            Thread.ofVirtual().name("loopback-server").start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many there were so far. */
    public int connections() {
        return connections.size();
    }

    /** Of each connection that is opened from now on, beyond what its handler reads. */
    public void receivesAtMost(int bytes) {
        try {
            listener.setReceiveBufferSize(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().name("loopback-connection").start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            handler.serve(connection);
        } catch (IOException e) {
            // the client was faster
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
