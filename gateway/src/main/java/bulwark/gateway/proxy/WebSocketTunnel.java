package bulwark.gateway.proxy;

import io.netty.buffer.ByteBuf;

/** Two connections that speak another protocol than HTTP from now on: bytes pass as they come, each side as fast as the other takes them. Used on the event loop of both. */
final class WebSocketTunnel {
    private final PlaneContext plane;
    private final ClientConnection client;
    private final UpstreamConnection upstream;
    private final WebSocketFrames toClient = new WebSocketFrames();

    WebSocketTunnel(PlaneContext plane, ClientConnection client, UpstreamConnection upstream) {
        this.plane = plane;
        this.client = client;
        this.upstream = upstream;
    }

    /** @return whether the tunnel goes on */
    boolean fromUpstream(ByteBuf data) {
        toClient.follow(data);
        client.write(data);
        if (plane.draining) {
            return !drain();
        }
        if (!client.isWritable()) {
            upstream.readAhead(false);
        }
        return true;
    }

    void fromClient(ByteBuf data) {
        upstream.write(data);
        if (!upstream.isWritable()) {
            client.upstreamBlocked(true);
        }
    }

    /** Says "going away" to the client, as soon as no frame of the upstream is under way. @return whether it did */
    boolean drain() {
        if (!toClient.isAtBoundary()) {
            return false;
        }
        ByteBuf close = client.context().alloc().directBuffer(WebSocketFrames.GOING_AWAY.length);
        client.write(close.writeBytes(WebSocketFrames.GOING_AWAY));
        return true;
    }

    /** The upstream says no more, or may not. */
    void endClient() {
        client.tunnelEnded();
    }
}
