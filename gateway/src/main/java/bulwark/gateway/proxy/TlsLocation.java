package bulwark.gateway.proxy;

import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;

/** Where a request that came in plaintext is sent to. */
final class TlsLocation {
    private static final int STANDARD_PORT = 443;

    private TlsLocation() {}

    /** The same host and target over TLS. A request of HTTP/1.0 without a Host gets the path alone. */
    static String of(RawRequestHead head, int tlsPort) {
        String host = head.value(HeaderName.HOST);
        if (host == null || host.isEmpty()) {
            return head.target();
        }
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return "https://" + name + (tlsPort == STANDARD_PORT ? "" : ":" + tlsPort) + head.target();
    }
}
