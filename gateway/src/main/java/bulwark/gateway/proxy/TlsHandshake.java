package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;

/** Waits for the end of a client's handshake, and then makes way for the protocol that was negotiated. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private final ListenerContext listener;
    private final ListenerTls tls;
    private final LoopWorker worker;
    private final InetSocketAddress address;

    TlsHandshake(ListenerContext listener, ListenerTls tls, LoopWorker worker, InetSocketAddress address) {
        this.listener = listener;
        this.tls = tls;
        this.worker = worker;
        this.address = address;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            return;
        }
        if (!handshake.isSuccess()) {
            CallPeer unknown = CallPeer.plain(address);
            tls.material().handshakeFailed(handshake.cause(), unknown.host());
            ctx.close();
            return;
        }
        SslHandler secure = ctx.pipeline().get(SslHandler.class);
        CallPeer peer =
                new CallPeer(address, true, PeerCertificates.of(secure.engine().getSession()));
        ctx.pipeline().replace(this, null, new ClientConnection(listener, worker, peer));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
