package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Idle connections of one event loop to its upstreams, the one used last first. Used on that loop alone. */
final class UpstreamPool {
    private final int idlePerUpstream;
    private final Map<UpstreamServer, ArrayDeque<UpstreamConnection>> idle = new IdentityHashMap<>();

    UpstreamPool(int idlePerUpstream) {
        this.idlePerUpstream = idlePerUpstream;
    }

    /** Null when there is none. */
    @Nullable
    UpstreamConnection take(UpstreamServer server) {
        ArrayDeque<UpstreamConnection> connections = idle.get(server);
        return connections == null ? null : connections.pollLast();
    }

    /** @return false when there are enough already, so that the connection is to be closed */
    boolean put(UpstreamServer server, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(server);
        if (connections == null) {
            connections = new ArrayDeque<>();
            idle.put(server, connections);
        }
        if (connections.size() >= idlePerUpstream) {
            return false;
        }
        connections.addLast(connection);
        return true;
    }

    /** An idle connection was closed. */
    void remove(UpstreamServer server, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(server);
        if (connections != null && connections.removeFirstOccurrence(connection) && connections.isEmpty()) {
            idle.remove(server);
        }
    }
}
