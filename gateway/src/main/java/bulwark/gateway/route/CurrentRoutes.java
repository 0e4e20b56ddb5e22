package bulwark.gateway.route;

import java.util.function.Function;

/**
 * The table that requests are matched against now. A request reads it once and keeps what it read, so that a swap in the middle of a request changes nothing for it.
 * Thread-safe; reads take no lock.
 *
 * @param <T> what the data plane made of each route
 */
public final class CurrentRoutes<T> {
    private volatile Snapshot<T> current = new Snapshot<>(0, "", RouteTable.empty());

    /**
     * @param generation of the change that made the table; 0 before the first one
     * @param version of the routes and their policies, for records of decisions; empty before the first one
     */
    public record Snapshot<T>(long generation, String version, RouteTable<T> table) {}

    public RouteTable<T> table() {
        return current.table();
    }

    public Snapshot<T> snapshot() {
        return current;
    }

    /** Takes the place of the former table unless that is of a later generation. @return whether it does */
    public synchronized boolean publish(long generation, String version, RouteTable<T> table) {
        if (generation <= current.generation()) {
            return false;
        }
        current = new Snapshot<>(generation, version, table);
        return true;
    }

    /** Publishes here, without policies. @param compile called for each route that is new or changed */
    public RoutePublisher publisher(Function<ApiRoute, T> compile) {
        return (generation, routes, policies) -> {
            RouteTable<T> next = table().replacedBy(routes, compile);
            return () -> publish(generation, policies.version(), next);
        };
    }
}
