package bulwark.web;

import bulwark.kernel.tls.ReloadingTls;
import java.nio.channels.ClosedChannelException;

/** What the TLS handshakes of one listener begin and end with: the limit, the counts, and the evidence of refused peers. Thread-safe. */
record HandshakeObserver(HandshakeLimit limit, EdgeMetrics metrics, ReloadingTls tls) {
    /** @return false when the connection must be closed, because too many handshakes are under way */
    boolean begins(String source) {
        boolean room = limit.begin(source);
        if (!room) {
            metrics.closed("handshakes");
        }
        return room;
    }

    void succeeded(String source) {
        limit.end(source);
    }

    /** A peer that goes away in the middle of a handshake is nothing to count. */
    void failed(String source, Throwable cause) {
        limit.end(source);
        if (!(cause instanceof ClosedChannelException)) {
            metrics.tlsRefused(tls.handshakeFailed(cause, source));
        }
    }
}
