package bulwark.gateway.fetch;

import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretAccess;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
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
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/** One request and its answer on one connection. */
final class FetchHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final FetchRequest request;
    private final CompletableFuture<FetchAnswer> body;

    FetchHandler(FetchRequest request, CompletableFuture<FetchAnswer> body) {
        this.request = request;
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
        TargetUrl url = request.url();
        FullHttpRequest sent = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(request.method()),
                url.path(),
                Unpooled.wrappedBuffer(request.body()));
        boolean usual = url.port() == (url.scheme().equals("https") ? 443 : 80);
        sent.headers()
                .set(
                        HttpHeaderNames.HOST,
                        usual ? url.host().text() : url.host().text() + ":" + url.port())
                .set(HttpHeaderNames.ACCEPT, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (request.hasBody()) {
            sent.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, request.contentType())
                    .set(HttpHeaderNames.CONTENT_LENGTH, request.body().length);
        }
        request.fields().forEach((name, value) -> sent.headers().set(name, value));
        request.basic()
                .ifPresent(secret -> sent.headers()
                        .set(
                                HttpHeaderNames.AUTHORIZATION,
                                "Basic " + Base64.getEncoder().encodeToString(secret.expose(SecretAccess.grant()))));
        context.writeAndFlush(sent);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            body.completeExceptionally(new IOException("its answer is no HTTP"));
        } else {
            body.complete(new FetchAnswer(response.status().code(), ByteBufUtil.getBytes(response.content())));
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
