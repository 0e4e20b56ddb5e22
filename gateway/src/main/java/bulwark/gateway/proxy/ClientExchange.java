package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one call, whatever version of HTTP the client speaks: hands the request to its consumer and takes the answer, an upstream's or the gateway's own. Used on the
 * connection's event loop.
 */
abstract class ClientExchange {
    final ListenerContext listener;
    final PlaneContext plane;
    final LoopWorker worker;
    final CallProgress progress;
    final RequestDispatch dispatch;
    final RequestBodyDeadline bodyDeadline;

    @Nullable
    ProxyExchange forwarded;

    @Nullable
    RequestBodyConsumer consumer;

    private long writableNanos;

    @SuppressWarnings("this-escape") // the dispatch only keeps it
    ClientExchange(ListenerContext listener, LoopWorker worker) {
        this.listener = listener;
        this.plane = listener.plane();
        this.worker = worker;
        this.progress = new CallProgress(plane, worker);
        this.dispatch = new RequestDispatch(plane, worker, this);
        this.bodyDeadline = new RequestBodyDeadline(plane.limits.bodyTimeout());
    }

    final boolean isTls() {
        return listener.isTls();
    }

    /** Of the TLS listener, or 0 when requests are answered here. */
    final int redirectPort() {
        return listener.redirectPort();
    }

    /** The call has a route. */
    final void routed(RouteTarget found) {
        progress.routed(found);
    }

    final void forward(ProxyExchange next) {
        writableNanos = 0;
        forwarded = next;
        next.start();
    }

    /** The client went away; what it had got until then is told. */
    final void gone() {
        ProxyExchange proxied = forwarded;
        long sent = proxied == null ? 0 : proxied.responseBytes;
        cancel();
        progress.end(null, false, sent);
    }

    /** The rest of the request, and the answer, are wanted no more. */
    final void cancel() {
        ProxyExchange proxied = forwarded;
        RequestBodyConsumer other = consumer;
        release();
        if (proxied != null) {
            proxied.cancelled();
        } else if (other != null) {
            other.cancelled();
        }
    }

    final void release() {
        forwarded = null;
        consumer = null;
    }

    /** {@code X-Forwarded-For} and {@code X-Forwarded-Proto}. */
    abstract byte[] peerLines();

    /** By which version of HTTP the request came. */
    abstract byte[] viaLine();

    /** The body of the request goes to this consumer, which answers the call. */
    abstract void take(RequestBodyConsumer next);

    /** Whether more of the request is handed out in this batch, so that a flush follows. */
    abstract boolean isProcessing();

    /** While true, nothing more of the request is handed out. */
    abstract void upstreamBlocked(boolean blocked);

    /** Whether the client is gone. */
    abstract boolean isGone();

    /** Whether the client takes more of the answer. */
    abstract boolean isWritable();

    /** Whether the client has taken too little for too long. Asked regularly while an answer is under way. */
    final boolean isStalled(long nowNanos) {
        if (writableNanos == 0 || isWritable()) {
            writableNanos = nowNanos;
            return false;
        }
        return nowNanos - writableNanos > plane.limits.writeTimeout().toNanos();
    }

    /** Some of the request's body came. The gateway's own endpoints read short bodies, for which no more time is given. */
    final void bodyReceived(int bytes) {
        if (forwarded != null) {
            bodyDeadline.received(bytes);
        }
    }

    /** Whether the body comes so slowly that it is waited for no longer. */
    final boolean isBodyLate(long nowNanos) {
        return bodyDeadline.isOver(nowNanos) && !progress.isStream();
    }

    abstract void flush();

    // The answer of an upstream.

    /** An answer before the final one. @param status 100 to 199 and not 101 */
    abstract void interim(int status);

    /** The upstream changes the protocol. @return what takes the bytes of both sides from now on, or null when this client cannot */
    abstract @Nullable ClientConnection switchProtocol(
            HeadReader reader, byte[] bytes, GatewayCall call, long ownNanos);

    /**
     * The head of the final answer.
     *
     * @param reader holds the backend's head
     * @param bytes that the reader read
     * @param in what follows the head
     * @return how many bytes of the body were taken out of {@code in}, all that there are; -1 for none
     */
    abstract int answerHead(
            HeadReader reader, byte[] bytes, boolean bodiless, GatewayCall call, long ownNanos, ByteBuf in);

    /** @param data at least one byte; released when written */
    abstract void answerData(ByteBuf data);

    /** The answer is whole. @param trailers as they came, or null @param upstream that gave it */
    abstract void answerEnd(byte @Nullable [] trailers, @Nullable String upstream, long responseBytes);

    /** Ends the answer so that no client takes the part that it got for the whole. */
    abstract void tear(long responseBytes);

    // Own answers.

    /** Answers the call under way; when an answer has begun already, it is torn. */
    final void refuse(GatewayRefusal why) {
        GatewayCall current = progress.call();
        if (current == null || isGone()) {
            return;
        }
        progress.refused(why);
        if (progress.isAnswerBegun()) {
            tear(0);
            return;
        }
        ownAnswer(current, why, GatewayWireErrors.of(why));
    }

    /** A whole answer. */
    final void answer(int status, String contentType, byte[] content, List<String> fields) {
        GatewayCall current = progress.call();
        if (current == null || isGone() || progress.isAnswerBegun()) {
            return;
        }
        ownAnswer(current, status, contentType, content, fields);
    }

    abstract void ownAnswer(GatewayCall call, GatewayRefusal why, WireError error);

    abstract void ownAnswer(GatewayCall call, int status, String contentType, byte[] content, List<String> fields);
}
