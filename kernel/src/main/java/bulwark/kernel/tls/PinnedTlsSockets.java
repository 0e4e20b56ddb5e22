package bulwark.kernel.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Socket factories whose sockets keep to a policy. */
final class PinnedTlsSockets {
    private final TlsPolicy policy;

    PinnedTlsSockets(TlsPolicy policy) {
        this.policy = policy;
    }

    SSLSocketFactory clients(SSLSocketFactory plain) {
        return new Clients(plain);
    }

    SSLServerSocketFactory servers(SSLServerSocketFactory plain) {
        return new Servers(plain);
    }

    private Socket pin(Socket socket) {
        ((SSLSocket) socket).setEnabledProtocols(policy.versionNames());
        ((SSLSocket) socket).setEnabledCipherSuites(policy.suiteNames());
        return socket;
    }

    private ServerSocket pin(ServerSocket socket) {
        ((SSLServerSocket) socket).setEnabledProtocols(policy.versionNames());
        ((SSLServerSocket) socket).setEnabledCipherSuites(policy.suiteNames());
        return socket;
    }

    private final class Clients extends SSLSocketFactory {
        private final SSLSocketFactory plain;

        Clients(SSLSocketFactory plain) {
            this.plain = plain;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return policy.suiteNames();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return plain.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket() throws IOException {
            return pin(plain.createSocket());
        }

        @Override
        public Socket createSocket(Socket under, String host, int port, boolean autoClose) throws IOException {
            return pin(plain.createSocket(under, host, port, autoClose));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return pin(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return pin(plain.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return pin(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return pin(plain.createSocket(host, port, local, localPort));
        }
    }

    private final class Servers extends SSLServerSocketFactory {
        private final SSLServerSocketFactory plain;

        Servers(SSLServerSocketFactory plain) {
            this.plain = plain;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return policy.suiteNames();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return plain.getSupportedCipherSuites();
        }

        @Override
        public ServerSocket createServerSocket() throws IOException {
            return pin(plain.createServerSocket());
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return pin(plain.createServerSocket(port));
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) throws IOException {
            return pin(plain.createServerSocket(port, backlog));
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            return pin(plain.createServerSocket(port, backlog, address));
        }
    }
}
