package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import java.nio.charset.StandardCharsets;

/** What a backend learns of the client's socket, the same for each request of a connection. */
final class PeerLines {
    private PeerLines() {}

    static byte[] of(CallPeer peer) {
        String lines = "X-Forwarded-For: " + peer.host() + "\r\nX-Forwarded-Proto: " + (peer.tls() ? "https" : "http")
                + "\r\n";
        return lines.getBytes(StandardCharsets.US_ASCII);
    }
}
