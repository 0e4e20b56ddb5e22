package bulwark.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;

/**
 * Flushes a connection that many calls share once for all that was written while the event loop went through the sockets that were ready: one record of TLS and one system call carry the
 * answers of many calls. Used on the connection's event loop.
 */
final class CommonFlush implements Runnable {
    private final ChannelHandlerContext context;
    private boolean requested;

    CommonFlush(ChannelHandlerContext context) {
        this.context = context;
    }

    /** What was written goes out when the loop has gone through the sockets that are ready now. */
    void request() {
        if (!requested) {
            requested = true;
            context.channel().eventLoop().execute(this);
        }
    }

    @Override
    public void run() {
        requested = false;
        context.flush();
    }
}
