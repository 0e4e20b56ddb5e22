package bulwark.kernel.resp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A connected socket, plain or TLS, whose replies are {@link BoundedReplies}. */
public final class BoundedSocket extends Socket {
    private final Socket real;
    private final BoundedReplies replies;

    /**
     * @param longest bytes of a text, or of a stream entry as a whole
     * @param whole what all of a reply may take
     */
    public BoundedSocket(Socket real, int longest, ReplyLimit whole) throws IOException {
        this.real = real;
        this.replies = new BoundedReplies(real.getInputStream(), longest, whole);
    }

    @Override
    public InputStream getInputStream() {
        return replies;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return real.getOutputStream();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        real.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return real.getSoTimeout();
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        real.setSoLinger(on, seconds);
    }

    @Override
    public InetAddress getInetAddress() {
        return real.getInetAddress();
    }

    @Override
    public int getPort() {
        return real.getPort();
    }

    @Override
    public boolean isBound() {
        return real.isBound();
    }

    @Override
    public boolean isConnected() {
        return real.isConnected();
    }

    @Override
    public boolean isClosed() {
        return real.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return real.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return real.isOutputShutdown();
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
