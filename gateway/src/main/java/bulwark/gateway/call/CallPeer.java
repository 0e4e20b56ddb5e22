package bulwark.gateway.call;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who is at the other end of the socket.
 *
 * @param address of the socket, not of a header
 * @param certificates the client's chain, its own first, checked by the listener; empty without TLS or without a client certificate
 */
public record CallPeer(InetSocketAddress address, boolean tls, List<X509Certificate> certificates) {
    public CallPeer {
        certificates = List.copyOf(certificates);
    }

    /** Without TLS. */
    public static CallPeer plain(InetSocketAddress address) {
        return new CallPeer(address, false, List.of());
    }

    /** Without the port. */
    public String host() {
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }
}
