package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.endpoint.EndpointRequest;
import bulwark.gateway.endpoint.EndpointResponse;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.gateway.refusal.GatewayRefusal;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request that the gateway answers itself: collects the body where the endpoint reads one, asks the endpoint on a virtual thread, answers on the event loop. */
final class EndpointExchange implements RequestBodyConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointExchange.class);

    private final ClientExchange client;
    private final GatewayCall call;
    private final GatewayEndpoint endpoint;
    private final Executor loop;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private boolean cancelled;

    EndpointExchange(ClientExchange client, GatewayCall call, GatewayEndpoint endpoint, Executor loop) {
        this.client = client;
        this.call = call;
        this.endpoint = endpoint;
        this.loop = loop;
    }

    /** Of an endpoint that reads no body nothing is waited for. */
    void start() {
        if (endpoint.maxBodyBytes() == 0) {
            end(null);
        } else {
            client.take(this);
        }
    }

    @Override
    public void data(ByteBuf data) {
        try {
            if (cancelled) {
                return;
            }
            if (body.size() + data.readableBytes() > endpoint.maxBodyBytes()) {
                cancelled = true;
                client.refuse(new GatewayRefusal.BodyTooLarge(endpoint.maxBodyBytes()));
                return;
            }
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes);
            body.writeBytes(bytes);
        } finally {
            data.release();
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (!cancelled) {
            EndpointRequest request = new EndpointRequest(call.head(), call.peer(), call.trace(), body.toByteArray());
            Thread.ofVirtual().name("endpoint").start(() -> answer(request));
        }
    }

    private void answer(EndpointRequest request) {
        EndpointResponse response;
        try {
            response = endpoint.answer(request);
        } catch (RuntimeException e) {
            LOG.error("an endpoint failed on call {}", call.trace().traceId(), e);
            response = null;
        }
        EndpointResponse answer = response;
        loop.execute(() -> {
            if (call.hasEnded()) {
                return;
            }
            if (answer == null) {
                client.refuse(new GatewayRefusal.InternalError());
            } else {
                client.answer(answer.status(), answer.contentType(), answer.body(), answer.fields());
            }
        });
    }

    @Override
    public void flush() {}

    @Override
    public void clientWritable(boolean writable) {}

    @Override
    public void tick(long nowNanos) {}

    @Override
    public void cancelled() {
        cancelled = true;
    }
}
