package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import bulwark.kernel.network.GuardDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to its upstreams: idle ones of HTTP/1.1, the one used last first, and those of HTTP/2, which many calls share. Used on that loop alone.
 */
final class UpstreamPool {
    private final int idlePerUpstream;
    private final Map<UpstreamServer, ArrayDeque<UpstreamConnection>> idle = new IdentityHashMap<>();
    private final Map<UpstreamServer, List<Http2UpstreamConnection>> shared = new IdentityHashMap<>();
    private final Map<UpstreamServer, CommonConnect> connecting = new IdentityHashMap<>();

    UpstreamPool(int idlePerUpstream) {
        this.idlePerUpstream = idlePerUpstream;
    }

    /** For one call; null when there is no connection that takes it. */
    @Nullable
    UpstreamExchange take(UpstreamServer server) {
        ArrayDeque<UpstreamConnection> connections = idle.get(server);
        UpstreamConnection last = connections == null ? null : connections.pollLast();
        if (last != null && last.isActive()) {
            return last;
        }
        List<Http2UpstreamConnection> common = shared.isEmpty() ? null : shared.get(server);
        if (common == null) {
            return null;
        }
        for (int i = 0; i < common.size(); i++) {
            UpstreamExchange opened = common.get(i).open();
            if (opened != null) {
                return opened;
            }
        }
        return null;
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

    /** One more connection that calls may share. */
    void share(UpstreamServer server, Http2UpstreamConnection connection) {
        shared.computeIfAbsent(server, key -> new ArrayList<>(2)).add(connection);
    }

    /** It takes no further call. */
    void remove(UpstreamServer server, Http2UpstreamConnection connection) {
        List<Http2UpstreamConnection> common = shared.get(server);
        if (common != null && common.remove(connection) && common.isEmpty()) {
            shared.remove(server);
        }
    }

    /** Calls that come while a connection is being opened wait for it instead of opening more. @param connect opens one and tells all that wait */
    void joinConnect(
            UpstreamServer server, UpstreamConnector.Listener call, Consumer<UpstreamConnector.Listener> connect) {
        CommonConnect pending = connecting.get(server);
        if (pending != null) {
            pending.calls.add(call);
            return;
        }
        CommonConnect begun = new CommonConnect(server);
        begun.calls.add(call);
        connecting.put(server, begun);
        connect.accept(begun);
    }

    private final class CommonConnect implements UpstreamConnector.Listener {
        private final UpstreamServer server;
        private final List<UpstreamConnector.Listener> calls = new ArrayList<>(4);

        CommonConnect(UpstreamServer server) {
            this.server = server;
        }

        @Override
        public void connected(UpstreamLink link) {
            connecting.remove(server);
            calls.forEach(call -> call.connected(link));
        }

        @Override
        public void blocked(GuardDecision.Blocked why) {
            connecting.remove(server);
            calls.forEach(call -> call.blocked(why));
        }

        @Override
        public void failed(Throwable cause) {
            connecting.remove(server);
            calls.forEach(call -> call.failed(cause));
        }
    }
}
