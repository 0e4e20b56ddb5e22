package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The room that one event stream takes among all. Used on its call's event loop. */
final class EventStreamSlot {
    private final StreamGate gate;
    private final InetAddress source;
    private final String tenant;
    private boolean released;

    private EventStreamSlot(StreamGate gate, InetAddress source, String tenant) {
        this.gate = gate;
        this.source = source;
        this.tenant = tenant;
    }

    /** Null when there is no room, which is counted. */
    static @Nullable EventStreamSlot acquire(PlaneContext plane, GatewayCall call, RouteTarget target) {
        InetAddress source = call.peer().address().getAddress();
        String tenant = target.route().tenantId();
        String limit = plane.streams.acquire(source, tenant);
        if (limit != null) {
            plane.metrics.streamRejected(limit);
            return null;
        }
        return new EventStreamSlot(plane.streams, source, tenant);
    }

    void release() {
        if (!released) {
            released = true;
            gate.release(source, tenant);
        }
    }
}
