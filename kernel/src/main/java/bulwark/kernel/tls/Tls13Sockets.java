package bulwark.kernel.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Socket factories whose sockets speak TLS 1.3 only. */
final class Tls13Sockets {
    static final String[] PROTOCOLS = {"TLSv1.3"};

    private Tls13Sockets() {}

    static SSLSocketFactory clients(SSLSocketFactory plain) {
        return new Clients(plain);
    }

    static SSLServerSocketFactory servers(SSLServerSocketFactory plain) {
        return new Servers(plain);
    }

    private static Socket only13(Socket socket) {
        ((SSLSocket) socket).setEnabledProtocols(PROTOCOLS.clone());
        return socket;
    }

    private static ServerSocket only13(ServerSocket socket) {
        ((SSLServerSocket) socket).setEnabledProtocols(PROTOCOLS.clone());
        return socket;
    }

    private static final class Clients extends SSLSocketFactory {
        private final SSLSocketFactory plain;

        Clients(SSLSocketFactory plain) {
            this.plain = plain;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return plain.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return plain.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket() throws IOException {
            return only13(plain.createSocket());
        }

        @Override
        public Socket createSocket(Socket under, String host, int port, boolean autoClose) throws IOException {
            return only13(plain.createSocket(under, host, port, autoClose));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return only13(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return only13(plain.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return only13(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return only13(plain.createSocket(host, port, local, localPort));
        }
    }

    private static final class Servers extends SSLServerSocketFactory {
        private final SSLServerSocketFactory plain;

        Servers(SSLServerSocketFactory plain) {
            this.plain = plain;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return plain.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return plain.getSupportedCipherSuites();
        }

        @Override
        public ServerSocket createServerSocket() throws IOException {
            return only13(plain.createServerSocket());
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return only13(plain.createServerSocket(port));
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) throws IOException {
            return only13(plain.createServerSocket(port, backlog));
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            return only13(plain.createServerSocket(port, backlog, address));
        }
    }
}
