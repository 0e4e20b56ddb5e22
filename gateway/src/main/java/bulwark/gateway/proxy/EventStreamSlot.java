package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The room that one event stream takes among all, for as long as its caller may have it. Used on its call's event loop. */
final class EventStreamSlot {
    private final StreamGate gate;
    private final InetAddress source;
    private final String tenant;
    private final OpenCallWatch watch;
    private boolean released;

    private EventStreamSlot(StreamGate gate, InetAddress source, String tenant, OpenCallWatch watch) {
        this.gate = gate;
        this.source = source;
        this.tenant = tenant;
        this.watch = watch;
    }

    /** Null when there is no room, which is counted. */
    static @Nullable EventStreamSlot acquire(
            PlaneContext plane, LoopWorker worker, GatewayCall call, RouteTarget target) {
        InetAddress source = call.peer().address().getAddress();
        String tenant = target.route().tenantId();
        String limit = plane.streams.acquire(source, tenant);
        if (limit != null) {
            plane.metrics.streamRejected(limit);
            return null;
        }
        OpenCallWatch watch = new OpenCallWatch(plane, worker, call, Duration.ZERO);
        return new EventStreamSlot(plane.streams, source, tenant, watch);
    }

    /** Whether the credential of the call holds no more. Asked regularly. */
    boolean isOver(long nowNanos) {
        return watch.look(nowNanos) != OpenCallWatch.Verdict.GOES_ON;
    }

    void release() {
        if (!released) {
            released = true;
            gate.release(source, tenant);
        }
    }
}
