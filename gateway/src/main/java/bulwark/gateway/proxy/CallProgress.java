package bulwark.gateway.proxy;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How far the one call of a client connection has come; used again for the next call. Used on the connection's event loop. */
final class CallProgress {
    /** What lasts longer has a record while it lasts: a gateway that is killed must not take it along. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PlaneContext plane;
    private final LoopWorker worker;
    private @Nullable GatewayCall call;
    private @Nullable RouteTarget target;
    private @Nullable GatewayRefusal refusal;
    private boolean answerBegun;
    private int status;
    private long requestBytes;
    private boolean lasting;

    CallProgress(PlaneContext plane, LoopWorker worker) {
        this.plane = plane;
        this.worker = worker;
    }

    void begin(GatewayCall begun) {
        plane.calls.incrementAndGet();
        call = begun;
        target = null;
        refusal = null;
        answerBegun = false;
        status = 0;
        requestBytes = 0;
        lasting = false;
    }

    /** Null between two calls. */
    @Nullable
    GatewayCall call() {
        return call;
    }

    /** Asked regularly while the call is forwarded. */
    void tick(long nowNanos) {
        GatewayCall current = call;
        if (!lasting && current != null && nowNanos - current.startNanos() >= LASTING_NANOS) {
            lasting = true;
            plane.pipeline.hooks().lasting().accept(current);
        }
    }

    void routed(RouteTarget found) {
        target = found;
    }

    void received(int bytes) {
        requestBytes += bytes;
    }

    void refused(GatewayRefusal why) {
        refusal = why;
        plane.metrics.refused(why);
    }

    boolean isAnswerBegun() {
        return answerBegun;
    }

    /** Whether both sides may speak for long: the answer has begun, or a call of gRPC goes to an upstream of HTTP/2. */
    boolean isStream() {
        RouteTarget to = target;
        GatewayCall current = call;
        return answerBegun
                || to != null
                        && current != null
                        && to.route().upstreamHttpVersion() == UpstreamHttp.H2
                        && GrpcStatus.isAsked(current.head());
    }

    void answerBegins(int answerStatus) {
        answerBegun = true;
        status = answerStatus;
    }

    /** Tells metrics and listeners; a second end is ignored. @param complete whether the whole answer was handed to the connection */
    void end(@Nullable String upstream, boolean complete, long responseBytes) {
        GatewayCall ended = call;
        if (ended == null) {
            return;
        }
        call = null;
        plane.calls.decrementAndGet();
        long took = worker.nanos() - ended.startNanos();
        plane.metrics.answered(ended, target, status, took);
        ended.end(
                new CallOutcome(status, refusal, upstream, complete, requestBytes, responseBytes, took),
                plane.pipeline.ended());
    }
}
