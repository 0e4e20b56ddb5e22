package bulwark.gateway.proxy;

import io.netty.channel.ChannelInboundHandlerAdapter;

/** A connection that its loop looks at regularly, so that no connection needs a timer of its own. */
abstract class TimedConnection extends ChannelInboundHandlerAdapter {
    /** In the list of the loop; -1 when not in it. */
    int index = -1;

    /** @param nowNanos as the plane counts them */
    abstract void tick(long nowNanos);

    /** The process stops: no further request is taken on this connection. */
    abstract void drain();

    /** Ends at once, whatever is under way. */
    abstract void abort();
}
