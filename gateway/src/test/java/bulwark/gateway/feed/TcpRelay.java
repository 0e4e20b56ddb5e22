package bulwark.gateway.feed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Between a gateway and its control plane: counts what goes which way, and can cut every connection. */
public final class TcpRelay implements AutoCloseable {
    /** Bytes towards the control plane. */
    final AtomicLong asked = new AtomicLong();
    /** For all bytes of an answer that passed: what had been asked by then. */
    final List<Long> askedAtAnswers = new CopyOnWriteArrayList<>();

    private final int target;
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;

    public TcpRelay(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.addAll(List.of(client, server));
                Thread.ofVirtual().start(() -> pipe(client, server, true));
                Thread.ofVirtual().start(() -> pipe(server, client, false));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void pipe(Socket from, Socket to, boolean isAsking) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (isAsking) {
                    asked.addAndGet(read);
                } else {
                    askedAtAnswers.add(asked.get());
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side is gone, and so the other goes.
        }
    }

    /** Cuts every connection. @param refuse whether new ones are cut as well */
    public void cut(boolean refuse) throws IOException {
        refusing = refuse;
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut(true);
    }
}
