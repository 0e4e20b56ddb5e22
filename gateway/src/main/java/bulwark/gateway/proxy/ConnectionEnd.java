package bulwark.gateway.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

/** The ways in which a client's connection ends. */
final class ConnectionEnd {
    private ConnectionEnd() {}

    /** Sends what is written, then closes. */
    static void afterWrites(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Sends what is written and says that nothing follows; the other direction stays open, since a close with unread bytes would make the client lose the answer. */
    static void ofOutput(ChannelHandlerContext context) {
        Channel channel = context.channel();
        SslHandler secure = channel.pipeline().get(SslHandler.class);
        if (secure != null) {
            context.flush();
            secure.closeOutbound();
        } else if (channel instanceof SocketChannel socket) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> socket.shutdownOutput());
        } else {
            afterWrites(context);
        }
    }

    /** With a reset, so that no client takes the part of the answer that it got for the whole. */
    static void torn(ChannelHandlerContext context) {
        Channel channel = context.channel();
        if (channel instanceof SocketChannel socket && channel.isActive()) {
            socket.config().setSoLinger(0);
        }
        channel.close();
    }
}
