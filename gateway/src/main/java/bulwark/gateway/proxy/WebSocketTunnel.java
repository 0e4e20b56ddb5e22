package bulwark.gateway.proxy;

import io.netty.buffer.ByteBuf;

/** Two connections that speak another protocol than HTTP from now on: bytes pass as they come, each side as fast as the other takes them. Used on the event loop of both. */
final class WebSocketTunnel {
    private final PlaneContext plane;
    private final ProxyExchange exchange;
    private final ClientConnection client;
    private final UpstreamConnection upstream;
    private final WebSocketFrames toClient = new WebSocketFrames();

    WebSocketTunnel(PlaneContext plane, ProxyExchange exchange, ClientConnection client, UpstreamConnection upstream) {
        this.plane = plane;
        this.exchange = exchange;
        this.client = client;
        this.upstream = upstream;
    }

    void fromUpstream(ByteBuf data) {
        if (exchange.isFinished()) {
            data.release();
            return;
        }
        toClient.follow(data);
        exchange.responseBytes += data.readableBytes();
        client.write(data);
        if (plane.draining) {
            drain();
        } else if (!client.isWritable()) {
            upstream.readAhead(false);
        }
    }

    void fromClient(ByteBuf data) {
        if (exchange.isFinished()) {
            data.release();
            return;
        }
        upstream.write(data);
        if (!upstream.isWritable()) {
            client.upstreamBlocked(true);
        }
    }

    /** Ends with "going away" for the client, as soon as no frame of the upstream is under way. */
    void drain() {
        if (exchange.isFinished() || !toClient.isAtBoundary()) {
            return;
        }
        ByteBuf close = client.context().alloc().directBuffer(WebSocketFrames.GOING_AWAY.length);
        client.write(close.writeBytes(WebSocketFrames.GOING_AWAY));
        end();
    }

    /** The upstream says no more, or may not. */
    void end() {
        exchange.endTunnel();
        client.tunnelEnded();
    }
}
