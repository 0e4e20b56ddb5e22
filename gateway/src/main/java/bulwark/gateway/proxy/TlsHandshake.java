package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPeer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the end of a client's handshake, and then makes way for the protocol that was negotiated. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

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
        if (ListenerTls.HTTP_2.equals(secure.engine().getApplicationProtocol())) {
            Http2ClientConnection.open(ctx, this, listener, worker, peer);
        } else {
            ctx.pipeline().replace(this, null, new ClientConnection(listener, worker, peer));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("a client connection failed in its handshake and is closed", cause);
        }
        ctx.close();
    }
}
