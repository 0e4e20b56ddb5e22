package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamOrigin;
import bulwark.kernel.network.GuardDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to the origins of its upstreams: idle ones of HTTP/1.1, the one used last first, and those of HTTP/2, which many calls share. Used on that loop alone.
 */
final class UpstreamPool {
    private final int idlePerOrigin;
    private final Map<UpstreamOrigin, ArrayDeque<UpstreamConnection>> idle = new IdentityHashMap<>();
    private final Map<UpstreamOrigin, List<Http2UpstreamConnection>> shared = new IdentityHashMap<>();
    private final Map<UpstreamOrigin, CommonConnect> connecting = new IdentityHashMap<>();

    UpstreamPool(int idlePerOrigin) {
        this.idlePerOrigin = idlePerOrigin;
    }

    /** For one call; null when there is no connection that takes it. */
    @Nullable
    UpstreamExchange take(UpstreamOrigin origin) {
        ArrayDeque<UpstreamConnection> connections = idle.get(origin);
        UpstreamConnection last = connections == null ? null : connections.pollLast();
        while (last != null && connections != null) {
            if (last.isActive()) {
                return last;
            }
            last.discard();
            last = connections.pollLast();
        }
        List<Http2UpstreamConnection> common = shared.isEmpty() ? null : shared.get(origin);
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
    boolean put(UpstreamOrigin origin, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(origin);
        if (connections == null) {
            connections = new ArrayDeque<>();
            idle.put(origin, connections);
        }
        if (connections.size() >= idlePerOrigin) {
            return false;
        }
        connections.addLast(connection);
        return true;
    }

    /** An idle connection was closed. */
    void remove(UpstreamOrigin origin, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(origin);
        if (connections != null && connections.removeFirstOccurrence(connection) && connections.isEmpty()) {
            idle.remove(origin);
        }
    }

    /** One more connection that calls may share. */
    void share(UpstreamOrigin origin, Http2UpstreamConnection connection) {
        shared.computeIfAbsent(origin, key -> new ArrayList<>(2)).add(connection);
    }

    /** It takes no further call. */
    void remove(UpstreamOrigin origin, Http2UpstreamConnection connection) {
        List<Http2UpstreamConnection> common = shared.get(origin);
        if (common != null && common.remove(connection) && common.isEmpty()) {
            shared.remove(origin);
        }
    }

    /** Calls that come while a connection is being opened wait for it instead of opening more. @param connect opens one and tells all that wait */
    void joinConnect(
            UpstreamOrigin origin, UpstreamConnector.Listener call, Consumer<UpstreamConnector.Listener> connect) {
        CommonConnect pending = connecting.get(origin);
        if (pending != null) {
            pending.calls.add(call);
            return;
        }
        CommonConnect begun = new CommonConnect(origin);
        begun.calls.add(call);
        connecting.put(origin, begun);
        connect.accept(begun);
    }

    private final class CommonConnect implements UpstreamConnector.Listener {
        private final UpstreamOrigin origin;
        private final List<UpstreamConnector.Listener> calls = new ArrayList<>(4);

        CommonConnect(UpstreamOrigin origin) {
            this.origin = origin;
        }

        @Override
        public void connected(UpstreamLink link) {
            connecting.remove(origin);
            calls.forEach(call -> call.connected(link));
        }

        @Override
        public void blocked(GuardDecision.Blocked why) {
            connecting.remove(origin);
            calls.forEach(call -> call.blocked(why));
        }

        @Override
        public void failed(Throwable cause) {
            connecting.remove(origin);
            calls.forEach(call -> call.failed(cause));
        }
    }
}
