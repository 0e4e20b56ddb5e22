package bulwark.web;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;

/** Netty's TLS for a listener, whose handshakes an observer admits and hears of: the only place that sees both a failed handshake and its source. */
final class ObservedSslContext extends DelegatingSslContext {
    private final HandshakeObserver observer;

    ObservedSslContext(SslContext real, HandshakeObserver observer) {
        super(real);
        this.observer = observer;
    }

    @Override
    protected void initEngine(SSLEngine engine) {
        // as the real one has made it
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor executor) {
        return new ObservedSslHandler(newEngine(allocator), startTls, executor, observer);
    }

    @Override
    protected SslHandler newHandler(
            ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls, Executor executor) {
        return new ObservedSslHandler(newEngine(allocator, peerHost, peerPort), startTls, executor, observer);
    }

    private static final class ObservedSslHandler extends SslHandler {
        private final HandshakeObserver observer;

        ObservedSslHandler(SSLEngine engine, boolean startTls, Executor executor, HandshakeObserver observer) {
            super(engine, startTls, executor);
            this.observer = observer;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            super.handlerAdded(context);
            String source = source(context.channel().remoteAddress());
            if (!observer.begins(source)) {
                // Later, because the pipeline is still being built; without an alert, which would cost more than the
                // refusal saves.
                context.executor().execute(context::close);
                return;
            }
            handshakeFuture().addListener(done -> {
                if (done.isSuccess()) {
                    observer.succeeded(source);
                } else {
                    observer.failed(source, done.cause());
                }
            });
        }

        private static String source(SocketAddress address) {
            return address instanceof InetSocketAddress inet && inet.getAddress() != null
                    ? inet.getAddress().getHostAddress()
                    : "unknown";
        }
    }
}
