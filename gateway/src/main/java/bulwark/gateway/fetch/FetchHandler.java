package bulwark.gateway.fetch;

import bulwark.kernel.network.TargetUrl;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** One request and its answer on one connection. */
final class FetchHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    private static final int OK = 200;

    private final TargetUrl url;
    private final CompletableFuture<byte[]> body;

    FetchHandler(TargetUrl url, CompletableFuture<byte[]> body) {
        this.url = url;
        this.body = body;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (context.pipeline().get(SslHandler.class) == null) {
            request(context);
        }
    }

    /** Over TLS nothing is sent before the server was checked. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                request(context);
            } else {
                body.completeExceptionally(handshake.cause());
            }
        }
    }

    private void request(ChannelHandlerContext context) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, url.path());
        boolean usual = url.port() == (url.scheme().equals("https") ? 443 : 80);
        request.headers()
                .set(
                        HttpHeaderNames.HOST,
                        usual ? url.host().text() : url.host().text() + ":" + url.port())
                .set(HttpHeaderNames.ACCEPT, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            body.completeExceptionally(new IOException("its answer is no HTTP"));
        } else if (response.status().code() != OK) {
            body.completeExceptionally(
                    new IOException("it answered " + response.status().code()));
        } else {
            body.complete(ByteBufUtil.getBytes(response.content()));
        }
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        body.completeExceptionally(new IOException("it closed the connection before its answer was whole"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        body.completeExceptionally(cause);
        context.close();
    }
}
